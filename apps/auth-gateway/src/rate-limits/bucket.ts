const HOUR_MS = 3_600_000;
// Sums of refills fall short of a whole token by rounding; without this a token would come a call too late.
const EPSILON = 1e-9;

export interface BucketLimit {
  /** What refills the bucket, and what the policy says. */
  perHour: number;
  /** What it holds when full: the rate times the burst factor. */
  size: number;
}

/** A token bucket in memory. Times are milliseconds of one clock; a clock that goes back refills nothing. */
export class TokenBucket {
  #updatedAt: number;

  constructor(
    readonly limit: BucketLimit,
    now: number,
    private tokens = limit.size,
  ) {
    this.#updatedAt = now;
  }

  take(now: number): boolean {
    this.#refill(now);
    if (wholeTokens(this.tokens) < 1) return false;
    this.tokens -= 1;
    return true;
  }

  giveBack(now: number): void {
    this.#refill(now);
    this.tokens = Math.min(this.limit.size, this.tokens + 1);
  }

  remaining(now: number): number {
    this.#refill(now);
    return wholeTokens(this.tokens);
  }

  /** What it is short of being full. */
  missing(now: number): number {
    this.#refill(now);
    return this.limit.size - this.tokens;
  }

  resetSeconds(now: number): number {
    this.#refill(now);
    return resetSeconds(this.limit, this.tokens);
  }

  #refill(now: number): void {
    if (now <= this.#updatedAt) return;
    this.tokens = Math.min(this.limit.size, this.tokens + refilled(this.limit, now - this.#updatedAt));
    this.#updatedAt = now;
  }
}

export function refilled({ perHour }: BucketLimit, elapsedMs: number): number {
  return (perHour * elapsedMs) / HOUR_MS;
}

export function wholeTokens(tokens: number): number {
  return Math.max(0, Math.floor(tokens + EPSILON));
}

/**
 * `t` of the RateLimit field and X-RateLimit-Reset: until the bucket is full again, or, when it is empty, until there is a
 * token again, so that Retry-After can be the same number and a client that waits for it gets through.
 */
export function resetSeconds(limit: BucketLimit, tokens: number): number {
  const wanted = wholeTokens(tokens) < 1 ? 1 : limit.size;
  return Math.max(0, Math.ceil(((wanted - tokens) * HOUR_MS) / limit.perHour / 1000 - EPSILON));
}

/** Until the next whole token. */
export function nextTokenMs(limit: BucketLimit, tokens: number): number {
  return Math.max(0, ((wholeTokens(tokens) + 1 - tokens) * HOUR_MS) / limit.perHour);
}
