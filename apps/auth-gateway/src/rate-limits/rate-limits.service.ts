import { AppError } from '@musicgen/error-codes';
import type { Principal, RouteContract } from '@musicgen/platform-contracts';
import { CONFIG } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { addressGroup } from '../api-keys/address-list';
import type { Config } from '../config';
import { TokenBucket, type BucketLimit } from './bucket';
import { RateLimitFields } from './rate-limit-headers';

const bucketsMax = 100_000;
const burstFactors = { api_key: 2, password: 1.5, key_session: 1.5 } as const;
/** Not counted: read by machines over and over, or by whoever cannot have credentials yet. */
const uncounted = new Set(['jwks']);

/** One token per request, from the bucket of the user and method, or of the client address. */
@Injectable()
export class RateLimitsService {
  private readonly buckets = new LRUCache<string, TokenBucket>({ max: bucketsMax });
  private readonly limits = new Map<string, BucketLimit>();
  private readonly fields = new Map<BucketLimit, RateLimitFields>();

  constructor(@Inject(CONFIG) config: Config) {
    for (const [tier, { requests_per_hour: perHour }] of Object.entries(config.tiers)) {
      for (const [method, factor] of Object.entries(burstFactors)) {
        this.addLimit(`${tier}:${method}`, { perHour, size: Math.floor(perHour * factor) });
      }
    }
    this.addLimit('anonymous', { perHour: config.anonymousPerHour, size: config.anonymousBurst });
  }

  takeOf({ user_id: user, tier, method }: Principal, reply: FastifyReply): void {
    this.take(`${user}:${method}`, this.limits.get(`${tier}:${method}`)!, reply);
  }

  takeAnonymous(request: FastifyRequest, reply: FastifyReply, contract?: RouteContract): void {
    if (contract && uncounted.has(contract.name)) return;
    this.take(`address:${addressGroup(request.ip)}`, this.limits.get('anonymous')!, reply);
  }

  private take(name: string, limit: BucketLimit, reply: FastifyReply): void {
    const now = Date.now();
    let bucket = this.buckets.get(name);
    // A change of tier brings another limit: the bucket starts anew.
    if (bucket?.limit !== limit) this.buckets.set(name, (bucket = new TokenBucket(limit, now)));
    const isTaken = bucket.take(now);
    const resetSeconds = bucket.resetSeconds(now);
    reply.headers(this.fields.get(limit)!.headers(bucket.remaining(now), resetSeconds));
    if (!isTaken) throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfterSeconds: resetSeconds });
  }

  private addLimit(name: string, limit: BucketLimit): void {
    this.limits.set(name, limit);
    this.fields.set(limit, new RateLimitFields(limit));
  }
}
