import { AppError } from '@musicgen/error-codes';
import type { Principal } from '@musicgen/platform-contracts';
import { CONFIG } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { addressGroup } from '../api-keys/address-list';
import type { Config } from '../config';
import { TokenBucket, type BucketLimit } from './bucket';
import { RateLimitFields, type RateLimitHeaders } from './rate-limit-headers';

const bucketsMax = 100_000;
const burstFactors = { key: 2, jwt: 1.5 } as const;

/** One token per request, from the bucket of the user and method, or of the client address. */
@Injectable()
export class RateLimitsService {
  private readonly users = new LRUCache<string, TokenBucket>({ max: bucketsMax });
  /** Apart from the users': whoever has many addresses pushes out no user's bucket, which would fill it again. */
  private readonly addresses = new LRUCache<string, TokenBucket>({ max: bucketsMax });
  private readonly limits = new Map<string, BucketLimit>();
  private readonly anonymous: BucketLimit;
  private readonly fields = new Map<BucketLimit, RateLimitFields>();

  constructor(@Inject(CONFIG) config: Config) {
    for (const [tier, { requests_per_hour: perHour }] of Object.entries(config.tiers)) {
      for (const [method, factor] of Object.entries(burstFactors)) {
        const limit = { perHour, size: Math.floor(perHour * factor) };
        this.limits.set(`${tier}:${method}`, limit);
        this.fields.set(limit, new RateLimitFields(limit));
      }
    }
    this.anonymous = { perHour: config.anonymousPerHour, size: config.anonymousBurst };
    this.fields.set(this.anonymous, new RateLimitFields(this.anonymous));
  }

  /** Throws RATE_LIMIT_EXCEEDED. */
  takeOf({ user_id: user, tier, method: how }: Principal, reply: FastifyReply): void {
    const method = how === 'api_key' ? 'key' : 'jwt';
    const limit = this.limits.get(`${tier}:${method}`)!;
    this.take(bucketOf(this.users, `${user}:${method}`, limit), reply);
  }

  /** Throws RATE_LIMIT_EXCEEDED. */
  takeAnonymous(request: FastifyRequest, reply: FastifyReply): void {
    this.take(this.addressBucket(request.ip), reply);
  }

  /** The headers of what is answered anyway: an error that costs nothing, or (`isCounted` false) what is never counted. */
  ofAddress(address: string, isCounted: boolean): RateLimitHeaders {
    const bucket = this.addressBucket(address);
    if (isCounted) bucket.take(Date.now());
    return this.headersOf(bucket, Date.now());
  }

  private take(bucket: TokenBucket, reply: FastifyReply): void {
    const now = Date.now();
    const isTaken = bucket.take(now);
    reply.headers(this.headersOf(bucket, now));
    if (!isTaken) throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfterSeconds: bucket.resetSeconds(now) });
  }

  private headersOf(bucket: TokenBucket, now: number): RateLimitHeaders {
    return this.fields.get(bucket.limit)!.headers(bucket.remaining(now), bucket.resetSeconds(now));
  }

  private addressBucket(address: string): TokenBucket {
    return bucketOf(this.addresses, addressGroup(address), this.anonymous);
  }
}

function bucketOf(buckets: LRUCache<string, TokenBucket>, name: string, limit: BucketLimit): TokenBucket {
  let bucket = buckets.get(name);
  // A change of tier brings another limit: the bucket starts anew.
  if (bucket?.limit !== limit) buckets.set(name, (bucket = new TokenBucket(limit, Date.now())));
  return bucket;
}
