import type { BucketLimit } from './bucket';

/** All five fields, ready for `reply.headers`. */
export type RateLimitHeaders = Readonly<Record<string, string>>;

/**
 * The fields of one limit (draft-ietf-httpapi-ratelimit-headers, and the older X-RateLimit family). A token bucket is told
 * as what it is: `q` requests at once, which come back within `w` seconds; so `r` is never more than `q`.
 */
export class RateLimitFields {
  readonly #policy: string;
  readonly #limit: string;

  constructor({ perHour, size }: BucketLimit) {
    this.#policy = `"requests";q=${size};w=${Math.ceil((size * 3_600) / perHour)}`;
    this.#limit = String(size);
  }

  headers(remaining: number, resetSeconds: number): RateLimitHeaders {
    return {
      'ratelimit-policy': this.#policy,
      ratelimit: `"requests";r=${remaining};t=${resetSeconds}`,
      'x-ratelimit-limit': this.#limit,
      'x-ratelimit-remaining': `${remaining}`,
      'x-ratelimit-reset': `${resetSeconds}`,
    };
  }
}
