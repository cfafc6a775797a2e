import type { BucketLimit } from './bucket';

const POLICY = 'hourly';
const CACHED_PAIRS = 64;

/** All five fields, ready for `reply.headers`. Frozen: the same object serves many answers. */
export type RateLimitHeaders = Readonly<Record<string, string>>;

/**
 * The fields of one limit (draft-ietf-httpapi-ratelimit-headers, and the older X-RateLimit family). They cost as much as
 * checking the key, so what does not change is made once, and the last pairs of numbers are kept.
 */
export class RateLimitFields {
  readonly #policy: string;
  readonly #limit: string;
  readonly #made = new Map<number, RateLimitHeaders>();

  constructor({ perHour }: BucketLimit) {
    this.#policy = `"${POLICY}";q=${perHour};w=3600`;
    this.#limit = String(perHour);
  }

  headers(remaining: number, resetSeconds: number): RateLimitHeaders {
    // Both are whole and far below 2^26, so one number holds the pair exactly.
    const pair = remaining * 0x4000000 + resetSeconds;
    const known = this.#made.get(pair);
    if (known) return known;
    const headers = Object.freeze({
      'ratelimit-policy': this.#policy,
      ratelimit: `"${POLICY}";r=${remaining};t=${resetSeconds}`,
      'x-ratelimit-limit': this.#limit,
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-reset': String(resetSeconds),
    });
    if (this.#made.size >= CACHED_PAIRS) this.#made.clear();
    this.#made.set(pair, headers);
    return headers;
  }
}
