import { AppError } from '@musicgen/error-codes';
import type { Principal } from '@musicgen/platform-contracts';
import { CONFIG } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config';
import { knownAddressGroup } from './address-groups';
import type { BucketLimit } from './bucket';
import { FailureBudget } from './failure-budget';
import type { NamedLease } from './lease-exchange';
import { responseOf } from '../http/gateway-response';
import { RateLimitFields } from './rate-limit-headers';
import { monotonicMs, SharedBuckets } from './shared-buckets.service';

/** How a request proves who asks: each has its own bucket. */
export type BucketMethod = 'key' | 'jwt' | 'cookie';

interface BucketName {
  name: string;
  limit: BucketLimit;
}

const burstFactors = { key: 2, jwt: 1.5 } as const;

/** One token per request, from the bucket of the user and method, or of the client address. */
@Injectable()
export class RateLimitsService {
  private readonly limits = new Map<string, BucketLimit>();
  private readonly anonymous: BucketLimit;
  private readonly fields = new Map<BucketLimit, RateLimitFields>();
  private readonly failures: FailureBudget;
  /** Of the principals in memory, for the method they came by. */
  private readonly bucketNames = new WeakMap<Principal, BucketName>();

  constructor(
    private readonly buckets: SharedBuckets,
    @Inject(CONFIG) config: Config,
  ) {
    this.failures = new FailureBudget({ perHour: config.failuresPerHour, size: config.failuresBurst }, monotonicMs);
    const cookie = { perHour: config.cookiePerHour, size: config.cookieBurst };
    for (const [tier, { requests_per_hour: perHour }] of Object.entries(config.tiers)) {
      for (const [method, factor] of Object.entries(burstFactors)) {
        this.limits.set(`${tier}:${method}`, { perHour, size: Math.floor(perHour * factor) });
      }
      this.limits.set(`${tier}:cookie`, cookie);
    }
    this.anonymous = { perHour: config.anonymousPerHour, size: config.anonymousBurst };
    for (const limit of [...this.limits.values(), this.anonymous]) this.fields.set(limit, new RateLimitFields(limit));
  }

  /** A request of somebody known. At once from memory, as a rule. Throws RATE_LIMIT_EXCEEDED. */
  takeOf(principal: Principal, reply: FastifyReply, method?: BucketMethod): Promise<void> | undefined {
    const { name, limit } = method ? this.nameOf(principal, method) : this.usualNameOf(principal);
    return this.take(this.buckets.ofUser(name, limit), reply);
  }

  /** A request of a client address. Throws RATE_LIMIT_EXCEEDED. */
  takeAnonymous(request: FastifyRequest, reply: FastifyReply): Promise<void> | undefined {
    return this.take(this.ofAddress(request.ip), reply);
  }

  /** A request of a client address, if memory alone can count it: the header lines of its answer. Null: it is not counted yet. */
  takeAnonymousNow(address: string): string | null {
    const bucket = this.ofAddress(address);
    const now = monotonicMs();
    return this.buckets.spendNow(bucket, now) === true ? this.linesOf(bucket, now) : null;
  }

  /** The header lines of what is never counted. */
  show(address: string): string {
    return this.linesOf(this.ofAddress(address), monotonicMs());
  }

  /** Counts what is answered anyway: the header lines of its answer. */
  async count(address: string): Promise<string> {
    const bucket = this.ofAddress(address);
    // While Postgres is away it is not counted, and nothing is let through by that.
    await this.buckets.spend(bucket).catch(() => false);
    return this.linesOf(bucket, monotonicMs());
  }

  /**
   * Before credentials are looked up or compared: RATE_LIMIT_EXCEEDED when too many of this address were wrong. Until
   * `proved`, the attempt counts as one of them.
   */
  attempt(request: FastifyRequest, reply: FastifyReply): void {
    if (this.failures.take(request.ip)) return;
    responseOf(reply).limits = this.show(request.ip);
    throw refused(this.failures.retryAfterSeconds(request.ip));
  }

  /** The attempt was none that fails. */
  proved(request: FastifyRequest): void {
    this.failures.giveBack(request.ip);
  }

  /**
   * For the handler of a route that is `counted: 'by-handler'`: the request has proved that it is no guess, and counts for
   * this principal, or for nobody. What is answered without it counts for the client address.
   */
  async settle(
    request: FastifyRequest,
    reply: FastifyReply,
    payer: Principal | null,
    method?: BucketMethod,
  ): Promise<void> {
    this.proved(request);
    if (payer) await this.takeOf(payer, reply, method);
    else responseOf(reply).limits = this.show(request.ip);
  }

  private take(bucket: NamedLease, reply: FastifyReply): Promise<void> | undefined {
    const now = monotonicMs();
    const isSpent = this.buckets.spendNow(bucket, now);
    if (isSpent === undefined) return this.takeLater(bucket, reply);
    this.answer(bucket, reply, isSpent, now);
  }

  private async takeLater(bucket: NamedLease, reply: FastifyReply): Promise<void> {
    this.answer(bucket, reply, await this.buckets.spend(bucket), monotonicMs());
  }

  private answer(bucket: NamedLease, reply: FastifyReply, isSpent: boolean, now: number): void {
    responseOf(reply).limits = this.linesOf(bucket, now);
    if (!isSpent) throw refused(bucket.lease.resetSeconds(now));
  }

  private linesOf({ lease }: NamedLease, now: number): string {
    return this.fields.get(lease.limit)!.lines(lease.remaining(now), lease.resetSeconds(now));
  }

  private ofAddress(address: string): NamedLease {
    return this.buckets.ofAddress(knownAddressGroup(address), this.anonymous);
  }

  private usualNameOf(principal: Principal): BucketName {
    const known = this.bucketNames.get(principal);
    if (known) return known;
    const name = this.nameOf(principal, methodOf(principal));
    this.bucketNames.set(principal, name);
    return name;
  }

  /** With the tier in its name: a change of tier brings another bucket. */
  private nameOf({ user_id: user, tier }: Principal, method: BucketMethod): BucketName {
    return { name: `${user}:${tier}:${method}`, limit: this.limits.get(`${tier}:${method}`)! };
  }
}

function methodOf({ method }: Principal): BucketMethod {
  if (method === 'api_key') return 'key';
  return method === 'cookie' ? 'cookie' : 'jwt';
}

const refused = (seconds: number) => new AppError('RATE_LIMIT_EXCEEDED', { retryAfterSeconds: Math.max(1, seconds) });
