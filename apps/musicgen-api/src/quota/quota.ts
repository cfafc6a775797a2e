/** The UTC day that a generation counts for, `YYYY-MM-DD`. */
export const quotaDay = (now: Date): string => now.toISOString().slice(0, 10);

/** The next UTC midnight: then the day's quota is whole again. */
export const quotaResetAt = (now: Date): Date =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
