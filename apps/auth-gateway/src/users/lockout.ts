const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FIRST_LOCK_MS = MINUTE_MS;
const LOCK_MAX_MS = HOUR_MS;

export interface LockoutLimit {
  failures: number;
  windowMs: number;
}

/** Failures of one e-mail from one client address. */
export const PAIR_LIMIT: LockoutLimit = { failures: 10, windowMs: 15 * MINUTE_MS };
/** Failures of one e-mail from anywhere: guessing spread over many addresses. */
export const EMAIL_LIMIT: LockoutLimit = { failures: 100, windowMs: HOUR_MS };

/** Plain data, one row per subject; times are milliseconds since 1970. */
export interface Lockout {
  /** Times of the failures within the window, oldest first. */
  failures: readonly number[];
  /** How many locks followed one another; each is twice as long as the one before. */
  locks: number;
  lockedUntil: number;
}

export const NO_LOCKOUT: Lockout = { failures: [], locks: 0, lockedUntil: 0 };

/** For `Retry-After`: the whole seconds until the next try is heard; 0 when it is heard now. */
export function lockedSeconds(lockout: Lockout, now: number): number {
  return Math.max(0, Math.ceil((lockout.lockedUntil - now) / 1000));
}

/**
 * Counts a try as failed. Call it with the check and before the password is verified, in one transaction: counted
 * afterwards, a hundred parallel tries would all be checked against none. A right password is withdrawn again.
 * A try while locked is not counted, or a stranger could keep the owner out for ever.
 */
export function countTry(lockout: Lockout, limit: LockoutLimit, now: number): Lockout {
  if (lockedSeconds(lockout, now) > 0) return lockout;
  const failures = [...lockout.failures.filter((time) => now - time < limit.windowMs), now].slice(-limit.failures);
  // The series of locks is over once a whole window has passed without one.
  const locks = now - lockout.lockedUntil < limit.windowMs ? lockout.locks : 0;
  if (failures.length < limit.failures) return { failures, locks, lockedUntil: lockout.lockedUntil };
  const lockMs = Math.min(FIRST_LOCK_MS * 2 ** locks, LOCK_MAX_MS);
  return { failures, locks: locks + 1, lockedUntil: now + lockMs };
}

/**
 * Takes back the try counted at `time`, which had the right password. For the e-mail's row: it must not be emptied by a
 * success, or every login of the owner would give a distributed guesser a hundred more. The pair's row is deleted instead.
 */
export function withdrawTry(lockout: Lockout, time: number): Lockout {
  const index = lockout.failures.lastIndexOf(time);
  if (index < 0) return lockout;
  const failures = lockout.failures.filter((_, at) => at !== index);
  // The try was heard, so a lock that lasts beyond it came with it or counted it: without it there is none.
  if (lockout.lockedUntil <= time) return { ...lockout, failures };
  return { failures, locks: lockout.locks - 1, lockedUntil: time };
}

/** From when on the row says nothing any more and can be deleted. */
export function forgottenAt(lockout: Lockout, limit: LockoutLimit): number {
  return Math.max(lockout.failures.at(-1) ?? 0, lockout.lockedUntil) + limit.windowMs;
}
