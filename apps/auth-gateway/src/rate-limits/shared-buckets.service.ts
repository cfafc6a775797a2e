import { AppError } from '@musicgen/error-codes';
import { LOGGER, type Logger } from '@musicgen/service-kit';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { randomUUID } from 'node:crypto';
import type { BucketLimit } from './bucket';
import { Lease } from './lease';
import { LeaseExchange, type NamedLease } from './lease-exchange';
import { SharedBucketsStore } from './shared-buckets.store';

const leasesMax = 100_000;
const sweepEveryMs = 100;
const countEveryMs = 1_000;
const deleteEveryMs = 60_000;

/** Milliseconds of this process's own clock, which never goes back. */
export const monotonicMs = () => performance.now();

/**
 * The limits of all replicas together: tokens are taken from the shared buckets in leases and spent here. Users' and
 * addresses' leases are apart: whoever has many addresses pushes out no user's.
 */
@Injectable()
export class SharedBuckets implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly replica = randomUUID();
  /** Those that hold tokens, or go on alone. */
  private readonly open = new Set<NamedLease>();
  private readonly exchange: LeaseExchange;
  private readonly users = this.makeCache();
  private readonly addresses = this.makeCache();
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly store: SharedBucketsStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.exchange = new LeaseExchange(this.replica, (questions) => store.exchange(questions), monotonicMs, logger);
  }

  ofUser(name: string, limit: BucketLimit): NamedLease {
    return this.users.get(name) ?? this.add(this.users, name, limit);
  }

  ofAddress(name: string, limit: BucketLimit): NamedLease {
    return this.addresses.get(name) ?? this.add(this.addresses, name, limit);
  }

  /** Spends a token from memory: whether there was one; undefined: the shared bucket must be asked. */
  spendNow(named: NamedLease, now: number): boolean | undefined {
    const spending = named.lease.spend(now);
    if (spending === 'ask') return undefined;
    if (spending === 'refused') return false;
    if (named.lease.runsLow(now)) void this.ask(named, true).catch(() => undefined);
    return true;
  }

  /** Whether there was a token. Throws SERVICE_UNAVAILABLE while that cannot be known. */
  async spend(named: NamedLease): Promise<boolean> {
    for (;;) {
      const isSpent = this.spendNow(named, monotonicMs());
      if (isSpent !== undefined) return isSpent;
      await this.ask(named, true);
      if (!named.lease.isKnown) throw unknown();
    }
  }

  onApplicationBootstrap(): void {
    const every = (ms: number, work: () => Promise<void>) =>
      this.timers.push(setInterval(() => void work().catch((err) => this.logger.debug({ err }, 'later')), ms).unref());
    const count = async () => void (this.exchange.replicas = await this.store.countReplicas(this.replica));
    void count().catch(() => undefined);
    every(countEveryMs, count);
    every(sweepEveryMs, () => this.giveBack(({ lease }) => lease.isDue(monotonicMs())));
    every(deleteEveryMs, () => this.store.deleteFull());
  }

  onModuleDestroy(): void {
    this.timers.forEach((timer) => clearInterval(timer));
  }

  /** What is not given back counts as spent. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.giveBack(() => true);
    await this.store.removeReplica(this.replica).catch(() => undefined);
  }

  /** A lease that is pushed out is not given back: its tokens count as spent. */
  private makeCache(): LRUCache<string, NamedLease> {
    return new LRUCache({ max: leasesMax, dispose: (named) => this.open.delete(named) });
  }

  private add(leases: LRUCache<string, NamedLease>, name: string, limit: BucketLimit): NamedLease {
    const named: NamedLease = { name, lease: new Lease(limit, monotonicMs()), asking: null };
    leases.set(name, named);
    return named;
  }

  private async ask(named: NamedLease, wanted: boolean): Promise<void> {
    this.open.add(named);
    await this.exchange.ask(named, wanted);
    if (named.lease.isSettled) this.open.delete(named);
  }

  private async giveBack(isDue: (named: NamedLease) => boolean): Promise<void> {
    const isAgain = this.exchange.isDueAgain;
    const due = [...this.open].filter((named) => !named.asking && (named.lease.isAlone ? isAgain : isDue(named)));
    await Promise.all(due.map((named) => this.ask(named, false)));
    for (const named of this.open) if (named.lease.isSettled && !named.asking) this.open.delete(named);
  }
}

const unknown = () =>
  new AppError('SERVICE_UNAVAILABLE', { details: 'The database is not available', retryAfterSeconds: 1 });
