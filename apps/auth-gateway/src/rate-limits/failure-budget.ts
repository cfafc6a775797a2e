import { LRUCache } from 'lru-cache';
import { knownAddressGroup } from './address-groups';
import { TokenBucket, type BucketLimit } from './bucket';

const addressesMax = 50_000;

/**
 * How many credentials one client address (a /64 of IPv6) may have looked up in vain. What is in memory costs nothing and
 * is not asked here, so whoever shares an address with a guesser goes on. Each replica keeps its own: this guards its
 * database, the limits of requests are shared.
 */
export class FailureBudget {
  readonly #addresses: LRUCache<string, TokenBucket>;

  constructor(
    private readonly limit: BucketLimit,
    private readonly now: () => number,
    max = addressesMax,
  ) {
    this.#addresses = new LRUCache({ max });
  }

  /** False: nothing more is looked up for this address now. Taken before the look-up, however many come at once. */
  take(address: string): boolean {
    return this.#of(address).take(this.now());
  }

  /** It was not in vain. */
  giveBack(address: string): void {
    this.#of(address).giveBack(this.now());
  }

  retryAfterSeconds(address: string): number {
    return this.#of(address).resetSeconds(this.now());
  }

  #of(address: string): TokenBucket {
    const group = knownAddressGroup(address);
    let bucket = this.#addresses.get(group);
    if (!bucket) this.#addresses.set(group, (bucket = new TokenBucket(this.limit, this.now())));
    return bucket;
  }
}
