import fc from 'fast-check';
import {
  countTry,
  EMAIL_LIMIT,
  forgottenAt,
  lockedSeconds,
  type Lockout,
  NO_LOCKOUT,
  PAIR_LIMIT,
  withdrawTry,
} from './lockout';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const MINUTE = 60_000;

/** `times` failures, one every `everyMs`, from `now` on. */
function failures(times: number, everyMs: number, from: Lockout = NO_LOCKOUT, limit = PAIR_LIMIT, now = NOW): Lockout {
  let lockout = from;
  for (let failure = 0; failure < times; failure++) lockout = countTry(lockout, limit, now + failure * everyMs);
  return lockout;
}

describe('a lockout', () => {
  it('comes with the tenth failure in 15 minutes, and not before', () => {
    expect(lockedSeconds(failures(9, MINUTE), NOW + 9 * MINUTE)).toBe(0);
    expect(lockedSeconds(failures(10, MINUTE), NOW + 9 * MINUTE)).toBe(60);
  });

  it('does not come while ten failures take longer than 15 minutes', () => {
    expect(failures(200, 100_001).lockedUntil).toBe(0);
  });

  it('comes with the hundredth failure in an hour when the addresses differ', () => {
    expect(failures(99, 1_000, NO_LOCKOUT, EMAIL_LIMIT).lockedUntil).toBe(0);
    expect(lockedSeconds(failures(100, 1_000, NO_LOCKOUT, EMAIL_LIMIT), NOW + 99_000)).toBe(60);
  });

  it('doubles with each further failure, to an hour', () => {
    let lockout = failures(10, 0);
    const seconds: number[] = [];
    for (let now = NOW, lock = 0; lock < 9; lock++) {
      seconds.push(lockedSeconds(lockout, now));
      now = lockout.lockedUntil;
      // Long locks outlast the window: then ten more failures are needed, and the next lock is longer still.
      while (lockedSeconds(lockout, now) === 0) lockout = countTry(lockout, PAIR_LIMIT, now);
    }
    expect(seconds).toEqual([60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600]);
  });

  it('is not made longer by tries while it lasts', () => {
    const locked = failures(10, 0);
    expect(countTry(locked, PAIR_LIMIT, NOW + 30_000)).toBe(locked);
  });

  it('begins at a minute again after a quiet window', () => {
    const before = failures(10, 0);
    const later = before.lockedUntil + PAIR_LIMIT.windowMs;
    expect(lockedSeconds(failures(10, 0, before, PAIR_LIMIT, later), later)).toBe(60);
  });

  it('rounds the wait up, so that a client that waits it out is heard', () => {
    const { lockedUntil } = failures(10, 0);
    expect(lockedSeconds({ ...NO_LOCKOUT, lockedUntil }, lockedUntil - 1)).toBe(1);
    expect(lockedSeconds({ ...NO_LOCKOUT, lockedUntil }, lockedUntil)).toBe(0);
  });

  it('never hears more than fourteen wrong passwords in any 15 minutes, and keeps ten times at most', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5 * MINUTE), { maxLength: 80 }), (pauses) => {
        let lockout = NO_LOCKOUT;
        let now = NOW;
        const heard: number[] = [];
        for (const pause of pauses) {
          now += pause;
          if (lockedSeconds(lockout, now) === 0) heard.push(now);
          lockout = countTry(lockout, PAIR_LIMIT, now);
          expect(lockout.failures.length).toBeLessThanOrEqual(PAIR_LIMIT.failures);
          const inWindow = heard.filter((time) => now - time < PAIR_LIMIT.windowMs).length;
          // Locks of 1, 2, 4 and 8 minutes let one more try through each.
          expect(inWindow).toBeLessThanOrEqual(PAIR_LIMIT.failures + 4);
        }
      }),
    );
  });

  it('does not count right passwords, not even the one that would have locked', () => {
    const nine = failures(9, 1_000);
    const tenth = countTry(nine, PAIR_LIMIT, NOW + 20_000);
    const withdrawn = withdrawTry(tenth, NOW + 20_000);
    expect(withdrawn.failures).toEqual(nine.failures);
    expect(lockedSeconds(withdrawn, NOW + 20_000)).toBe(0);
    expect(lockedSeconds(countTry(withdrawn, PAIR_LIMIT, NOW + 30_000), NOW + 30_000)).toBe(60);
    expect(withdrawTry(nine, NOW + 8_000).failures).toHaveLength(8);
    expect(withdrawTry(nine, NOW + 8_001)).toBe(nine);
  });

  it('can be forgotten without any effect from the time it says', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3 * MINUTE), { minLength: 1, maxLength: 40 }), fc.nat(MINUTE), (pauses, after) => {
        let now = NOW;
        let lockout = NO_LOCKOUT;
        for (const pause of pauses) lockout = countTry(lockout, PAIR_LIMIT, (now += pause));
        const later = forgottenAt(lockout, PAIR_LIMIT) + after;
        const kept = countTry(lockout, PAIR_LIMIT, later);
        const fresh = countTry(NO_LOCKOUT, PAIR_LIMIT, later);
        expect({ ...kept, lockedUntil: lockedSeconds(kept, later) }).toEqual({ ...fresh, lockedUntil: 0 });
      }),
    );
  });
});
