import { AppError } from '@musicgen/error-codes';

/** The UTC day that a generation counts for, `YYYY-MM-DD`. */
export const quotaDay = (now: Date): string => now.toISOString().slice(0, 10);

/** The next UTC midnight: then the day's quota is whole again. */
export const quotaResetAt = (now: Date): Date =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));

/** There are no more today. */
export function quotaExceeded(limit: number, now: Date): AppError {
  const resetAt = quotaResetAt(now);
  return new AppError('QUOTA_EXCEEDED', {
    details: `All ${limit} generations of today are used; there are new ones at ${resetAt.toISOString()}`,
    retryAfterSeconds: (resetAt.getTime() - now.getTime()) / 1_000,
  });
}
