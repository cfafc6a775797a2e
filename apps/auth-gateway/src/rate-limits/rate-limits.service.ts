import { AppError } from '@musicgen/error-codes';
import type { Principal } from '@musicgen/platform-contracts';
import { CONFIG } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { addressGroup } from '../api-keys/address-list';
import type { Config } from '../config';
import { TokenBucket, type BucketLimit } from './bucket';
import { RateLimitFields } from './rate-limit-headers';

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
    this.take(this.addressBucket(request), reply);
  }

  /** For what is answered anyway: an error that costs nothing, or (`isTaken` false) what is not counted at all. */
  countAnonymous(request: FastifyRequest, reply: FastifyReply, isTaken: boolean): void {
    const bucket = this.addressBucket(request);
    if (isTaken) bucket.take(Date.now());
    this.tell(bucket, reply);
  }

  private take(bucket: TokenBucket, reply: FastifyReply): void {
    const isTaken = bucket.take(Date.now());
    const retryAfterSeconds = this.tell(bucket, reply);
    if (!isTaken) throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfterSeconds });
  }

  private tell(bucket: TokenBucket, reply: FastifyReply): number {
    const now = Date.now();
    const resetSeconds = bucket.resetSeconds(now);
    reply.headers(this.fields.get(bucket.limit)!.headers(bucket.remaining(now), resetSeconds));
    return resetSeconds;
  }

  private addressBucket({ ip }: FastifyRequest): TokenBucket {
    return bucketOf(this.addresses, addressGroup(ip), this.anonymous);
  }
}

function bucketOf(buckets: LRUCache<string, TokenBucket>, name: string, limit: BucketLimit): TokenBucket {
  let bucket = buckets.get(name);
  // A change of tier brings another limit: the bucket starts anew.
  if (bucket?.limit !== limit) buckets.set(name, (bucket = new TokenBucket(limit, Date.now())));
  return bucket;
}
