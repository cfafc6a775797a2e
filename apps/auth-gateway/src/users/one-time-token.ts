/** Of an opaque secret that stands in a link. */
export const ONE_TIME_TOKEN_LIFETIME_MS = 30 * 60_000;

export type OneTimePurpose = 'verify_email' | 'reset_password';
