import { AppError } from '@musicgen/error-codes';
import { Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import { addressGroup } from '../api-keys/address-list';
import { countTry, EMAIL_LIMIT, lockedSeconds, NO_LOCKOUT, PAIR_LIMIT, withdrawTry } from './lockout';
import { LockoutsStore, type LockoutSubject } from './lockouts.store';

/** What is tried: each has failures of its own, so that nobody locks a login by registering. */
type Attempt = 'login' | 'register';

/** Bounds how often a password, or whether an address is taken, can be guessed: the same for addresses that nobody has. */
@Injectable()
export class LockoutsService {
  constructor(private readonly store: LockoutsStore) {}

  /**
   * Counts a try, makes it, and takes the count back unless it failed. Throws ACCOUNT_LOCKED, unheard, also for what
   * would have been right.
   */
  async guard<T>(
    attempt: Attempt,
    email: string,
    address: string,
    work: () => Promise<T>,
    isFailure: (error: unknown) => boolean,
  ): Promise<T> {
    const subjects = subjectsOf(attempt, email, address);
    const countedAt = await this.count(subjects);
    try {
      const result = await work();
      await this.withdraw(subjects, countedAt, true);
      return result;
    } catch (error) {
      if (!isFailure(error)) await this.withdraw(subjects, countedAt, false);
      throw error;
    }
  }

  /** Whoever reads the e-mail of this address may try again at once. */
  async forget(email: string, address: string): Promise<void> {
    await this.store.remove(subjectsOf('login', email, address).map(({ id }) => id));
  }

  private async count(subjects: LockoutSubject[]): Promise<number> {
    const first = await this.store.addFirst(subjects);
    if (first !== undefined) return first;
    const { now, seconds } = await this.store.change(subjects, (lockouts, now) => {
      const seconds = Math.max(...lockouts.map((lockout) => lockedSeconds(lockout, now)));
      const counted = lockouts.map((lockout, at) => countTry(lockout, subjects[at]!.limit, now));
      return { lockouts: seconds > 0 ? lockouts : counted, result: { now, seconds } };
    });
    if (seconds === 0) return now;
    throw new AppError('ACCOUNT_LOCKED', {
      details: `Too many failed attempts; the next one is heard in ${seconds} seconds`,
      retryAfterSeconds: seconds,
    });
  }

  private async withdraw(subjects: LockoutSubject[], countedAt: number, isRight: boolean): Promise<void> {
    if (await this.store.removeFirst(subjects, countedAt)) return;
    await this.store.change(subjects, ([ofPair, ofEmail]) => {
      const lockouts = [isRight ? NO_LOCKOUT : withdrawTry(ofPair!, countedAt), withdrawTry(ofEmail!, countedAt)];
      return { lockouts, result: undefined };
    });
  }
}

/** First the pair of e-mail and client address, then the e-mail alone. */
function subjectsOf(attempt: Attempt, email: string, address: string): LockoutSubject[] {
  const id = (...parts: string[]) => hash('sha256', JSON.stringify([attempt, ...parts]), 'base64url');
  return [
    { id: id(email, addressGroup(address)), limit: PAIR_LIMIT },
    { id: id(email), limit: EMAIL_LIMIT },
  ];
}
