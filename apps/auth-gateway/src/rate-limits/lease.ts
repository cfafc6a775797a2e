import { type BucketLimit, resetSeconds, TokenBucket } from './bucket';
import { LEASE_LATEST_MS, LEASE_MS, type LeaseAnswer, type LeaseAsk } from './shared-bucket';

/** A lease that a slow database answers late is still good for the requests that waited for it. */
const LATE_MS = 50;

/** `ask`: the lease is used up or over, ask the shared bucket and try again; `refused`: it was empty a moment ago. */
export type Spending = 'spent' | 'ask' | 'refused';

/**
 * One replica's part of one shared bucket. At most one question to the shared bucket may be under way: `ask`, then `answer`
 * or `fail`. Times are milliseconds of this process's monotonic clock.
 */
export class Lease {
  #unspent = 0;
  #granted = 0;
  #validUntil = 0;
  #refusedUntil = 0;
  #left: TokenBucket;
  #asking: { keep: boolean; at: number; spentAlone: number } | null = null;
  #alone: { bucket: TokenBucket; leased: number; spent: number } | null = null;
  /** Spent alone after the question was sent that ended it: told with the next one. */
  #owed = 0;
  #isKnown = false;

  constructor(
    readonly limit: BucketLimit,
    now: number,
  ) {
    this.#left = new TokenBucket(limit, now, 0);
  }

  /** The shared bucket has answered at least once: what it held is known here. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** The database was away when this one last needed it. */
  get isAlone(): boolean {
    return this.#alone !== null;
  }

  /** Nothing is out on lease here. */
  get isSettled(): boolean {
    return this.#unspent === 0 && !this.#alone;
  }

  spend(now: number): Spending {
    if (this.#alone) {
      if (!this.#alone.bucket.take(now)) return 'refused';
      this.#alone.spent++;
      return 'spent';
    }
    if (this.#unspent > 0 && now < this.#validUntil) {
      this.#unspent--;
      return 'spent';
    }
    return now < this.#refusedUntil ? 'refused' : 'ask';
  }

  /** More than half of it or of its time is over: asking now, beside the requests, spares the next one the wait. */
  runsLow(now: number): boolean {
    if (this.#asking || this.#alone || now >= this.#validUntil) return false;
    const isLow = this.#granted > 1 && this.#unspent * 2 < this.#granted;
    return isLow || (this.#unspent > 0 && now >= this.#validUntil - LEASE_MS / 2);
  }

  /** Its time is over and some of it unspent: give it back, others may be waiting for it. */
  isDue(now: number): boolean {
    return this.#unspent > 0 && now >= this.#validUntil && !this.#asking && !this.#alone;
  }

  /** What to tell the shared bucket. Tokens that are given back are gone from here at once, whatever becomes of the question. */
  ask(now: number): Pick<LeaseAsk, 'unspent' | 'owed' | 'keep'> {
    const alone = this.#alone;
    const keep = alone === null && this.#unspent > 0 && now < this.#validUntil;
    const unspent = alone?.leased ?? this.#unspent;
    if (!keep) this.#unspent = 0;
    this.#asking = { keep, at: now, spentAlone: alone?.spent ?? 0 };
    // The shared bucket refilled meanwhile, to the brim if it was long: what our share lacks of its own brim is all we owe.
    const owed = this.#owed + (alone ? Math.min(alone.spent, alone.bucket.missing(now)) : 0);
    return { unspent, owed, keep };
  }

  answer({ held, granted, left, waitMs }: LeaseAnswer, now: number): void {
    const { keep, at, spentAlone } = this.#asking ?? { keep: false, at: now, spentAlone: 0 };
    this.#owed = (this.#alone?.spent ?? 0) - spentAlone;
    this.#asking = null;
    this.#alone = null;
    this.#isKnown = true;
    this.#unspent = (keep ? Math.min(this.#unspent, held) : 0) + granted;
    this.#granted = this.#unspent;
    // Counted from the question: the database's count began later. Nothing new means others may wait: no longer, then.
    if (granted > 0) this.#validUntil = Math.min(Math.max(at + LEASE_MS, now + LATE_MS), at + LEASE_LATEST_MS);
    this.#refusedUntil = granted > 0 ? 0 : now + waitMs;
    this.#left = new TokenBucket(this.limit, now, left);
  }

  /** No answer came; what was owed is still owed, and said again. */
  fail(): void {
    this.#asking = null;
  }

  /**
   * The database is away: go on with an equal share of what was last seen, refilled at rate ÷ replicas. All replicas
   * together then have one bucket's worth and the one rate; what they spend is owed when the database is back. Not while a
   * question is under way: `fail` first.
   */
  goAlone(replicas: number, now: number): void {
    if (this.#alone) return;
    const perHour = this.limit.perHour / replicas;
    const size = this.limit.size / replicas;
    const leased = now < this.#validUntil ? this.#unspent : 0;
    const share = Math.min(size, leased + this.#left.remaining(now) / replicas);
    this.#alone = { bucket: new TokenBucket({ perHour, size }, now, share), leased, spent: 0 };
    this.#unspent = 0;
  }

  remaining(now: number): number {
    if (!this.#isKnown) return this.limit.size;
    if (this.#alone) return this.#alone.bucket.remaining(now);
    const unspent = now < this.#validUntil ? this.#unspent : 0;
    // What the shared bucket has refilled meanwhile was reckoned without what is leased.
    return Math.min(this.limit.size, this.#left.remaining(now) + unspent);
  }

  resetSeconds(now: number): number {
    if (!this.#isKnown) return 0;
    return this.#alone ? this.#alone.bucket.resetSeconds(now) : resetSeconds(this.limit, this.remaining(now));
  }
}
