import { hash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;
const SHAPE = /^[A-Za-z0-9_-]{43}$/;

export const ONE_TIME_TOKEN_LIFETIME_MS = 30 * 60_000;

export type OneTimePurpose = 'verify_email' | 'reset_password';

/** What stands in a link that works once. */
export const makeOneTimeToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

/** What is stored of it; null for what was never one. 256 random bits need no slow hash. */
export const hashOneTimeToken = (token: string): string | null =>
  SHAPE.test(token) ? hash('sha256', token, 'hex') : null;
