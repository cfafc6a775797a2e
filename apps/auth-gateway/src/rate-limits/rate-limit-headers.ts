import { headerLines } from '../http/gateway-response';
import type { BucketLimit } from './bucket';

/**
 * The fields of one limit (draft-ietf-httpapi-ratelimit-headers, and the older X-RateLimit family). A token bucket is told
 * as what it is: `q` requests at once, which come back within `w` seconds; so `r` is never more than `q`.
 */
export class RateLimitFields {
  readonly #always: string;

  constructor({ perHour, size }: BucketLimit) {
    const policy = `"requests";q=${size};w=${Math.ceil((size * 3_600) / perHour)}`;
    this.#always = headerLines({ 'ratelimit-policy': policy, 'x-ratelimit-limit': String(size) });
  }

  /** All five, as they stand in an answer. */
  lines(remaining: number, resetSeconds: number): string {
    const ietf = `ratelimit: "requests";r=${remaining};t=${resetSeconds}\r\n`;
    return `${this.#always}${ietf}x-ratelimit-remaining: ${remaining}\r\nx-ratelimit-reset: ${resetSeconds}\r\n`;
  }
}
