import { AppError, ERRORS } from '@musicgen/error-codes';
import type { EventContract } from '@musicgen/platform-contracts';
import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { LiveEvents } from '../events/live-events';
import type { Outbox } from '../events/outbox';
import { newId } from '../ids';
import type { Logger } from '../logging/logger';
import { asAppError, isDatabaseAway } from '../rpc/as-app-error';
import { afterFailure, retryDelayMs, usualDelaysMs } from './job';
import type { Job, JobHandler, JobOutcome, RetryDelays, Settling } from './job';
import { JobStore, type DeadJob, type NewJob } from './job.store';
import { Pump } from './pump';

const leaseMs = 10_000;
/** A cancellation that NATS lost is seen when the lease is renewed. */
const renewEveryMs = 1_000;
const pollEveryMs = 1_000;

/** Why a running job is told to stop. */
type StopReason = 'canceled' | 'lost' | 'parked';

interface Running {
  job: Job;
  stop: AbortController;
  done: Promise<void>;
}

export interface JobQueueOptions {
  kind: string;
  /** Jobs beyond this many waiting ones are refused. */
  queuedMax: number;
  /** Without them, the usual ones. */
  delaysMs?: RetryDelays;
  /** Live event of the service, payload `{ job_id, change: 'queued' | 'cancel_requested' }`: so nothing waits for a poll. */
  changed: EventContract;
}

/**
 * Jobs of one kind in a service's own table. Enqueueing is part of the caller's transaction; a worker claims fairly,
 * holds a lease that it renews, and commits results with the state. See {@link JobHandler} for what a service supplies.
 */
export class JobQueue {
  private readonly store: JobStore;
  private readonly claims: Pump;
  /** By lease. */
  private readonly running = new Map<string, Running>();
  private renewal?: NodeJS.Timeout;
  private handler?: JobHandler;
  private readonly delaysMs: RetryDelays;
  private slots = 0;
  private nextAdoptionAt = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly live: LiveEvents,
    private readonly logger: Logger,
    private readonly options: JobQueueOptions,
  ) {
    this.delaysMs = options.delaysMs ?? usualDelaysMs;
    this.store = new JobStore(dataSource, options.kind);
    this.claims = new Pump(
      () => this.claimOne(),
      pollEveryMs,
      (error) => this.failed(error, 'no job could be claimed'),
    );
  }

  /** Adds a job to the caller's transaction; SERVICE_UNAVAILABLE when the queue is full. Call {@link announce} after the commit. */
  async enqueue(tx: EntityManager, job: Omit<NewJob, 'id' | 'kind'>): Promise<string> {
    if ((await this.store.countQueued(tx)) >= this.options.queuedMax) {
      throw new AppError('SERVICE_UNAVAILABLE', { details: 'The queue is full', retryAfterSeconds: 30 });
    }
    const id = newId('job');
    await this.store.insert(tx, { ...job, id, kind: this.options.kind });
    return id;
  }

  announce(jobId: string, change: 'queued' | 'cancel_requested' = 'queued'): void {
    this.live.publish(this.options.changed, { job_id: jobId, change });
    this.hear({ job_id: jobId, change });
  }

  /** In the caller's transaction. `queued`: it is cancelled now; `running`: its worker will; null: it is over. */
  async cancel(tx: EntityManager, resourceId: string): Promise<{ id: string; was: 'queued' | 'running' } | null> {
    const job = await this.store.cancel(tx, resourceId);
    return job && { id: job.id, was: job.state === 'canceled' ? 'queued' : 'running' };
  }

  /** In the caller's transaction: a job that is over starts anew, with all its tries. Null if there is none that is over. */
  restart(tx: EntityManager, resourceId: string): Promise<string | null> {
    return this.store.restart(tx, resourceId);
  }

  /** For an administrator: jobs that are not tried any more, of all owners; newest first, one more than the limit. */
  listDead(limit: number, cursor?: string): Promise<DeadJob[]> {
    return this.store.listDead(limit, cursor);
  }

  /** In the caller's transaction: a dead job starts anew, with all its tries. What it was; null if there is none. */
  restartDead(tx: EntityManager, jobId: string): Promise<DeadJob | null> {
    return this.store.restartDead(tx, jobId);
  }

  findQueuePosition(resourceId: string): Promise<number | null> {
    return this.store.findQueuePosition(resourceId);
  }

  /** Starts working, at most `slots` jobs at once. */
  work(handler: JobHandler, slots: number): void {
    this.handler = handler;
    this.slots = slots;
    this.live.subscribe(this.options.changed, (change) => this.hear(change as { job_id: string; change: string }));
    // No pump: one renewal that the database leaves hanging must not hold up the next, or all leases run out.
    const renew = () => this.renew().catch((error) => this.failed(error, 'leases could not be renewed'));
    this.renewal = setInterval(() => void renew(), renewEveryMs);
    this.claims.start();
  }

  /** Takes no more; gives the jobs in hand `graceMs` to end, then parks them: another worker starts them anew. */
  async stop(graceMs: number): Promise<void> {
    await this.claims.stop();
    const all = () => Promise.all([...this.running.values()].map(({ done }) => done));
    const timer = setTimeout(
      () => this.running.forEach(({ stop }) => stop.abort('parked' satisfies StopReason)),
      graceMs,
    );
    await all();
    clearTimeout(timer);
    clearInterval(this.renewal);
  }

  private hear({ job_id: id, change }: { job_id: string; change: string }): void {
    if (change === 'queued') return this.claims.wake();
    for (const { job, stop } of this.running.values()) {
      if (job.id === id) stop.abort('canceled' satisfies StopReason);
    }
  }

  private async claimOne(): Promise<boolean> {
    if (this.running.size >= this.slots || !this.dataSource.isInitialized) return false;
    await this.adoptAbandoned();
    const job = await this.store.claim(randomUUID(), leaseMs);
    if (!job) return false;
    const stop = new AbortController();
    const done = this.perform(job, stop.signal).finally(() => {
      this.running.delete(job.lease);
      this.claims.wake();
    });
    this.running.set(job.lease, { job, stop, done });
    return true;
  }

  /** A killed worker's jobs go back to the queue, or end, if they have killed too many. */
  private async adoptAbandoned(): Promise<void> {
    if (performance.now() < this.nextAdoptionAt) return;
    this.nextAdoptionAt = performance.now() + pollEveryMs;
    for (;;) {
      const job = await this.store.adopt(randomUUID(), leaseMs, [...this.running.keys()]);
      if (!job) return;
      this.logger.warn({ job_id: job.id, request_id: job.requestId }, 'a job was left by its worker');
      await this.end(job, () =>
        this.settle((settling) => this.giveUpOrRequeue(job, new AppError('INTERNAL_ERROR'), 0, settling)),
      );
    }
  }

  private perform(job: Job, signal: AbortSignal): Promise<void> {
    return this.end(job, () => this.runOnce(job, signal).catch((error) => this.endBadly(job, signal, error)));
  }

  private async end(job: Job, settled: () => Promise<JobOutcome>): Promise<void> {
    try {
      const outcome = await settled();
      if (outcome === 'parked') this.announce(job.id);
      await this.handler!.ended?.(job, outcome);
    } catch (problem) {
      // The lease runs out, and the job is found again.
      this.logger.error({ err: problem, job_id: job.id, request_id: job.requestId }, 'a job could not be settled');
    }
  }

  private async runOnce(job: Job, signal: AbortSignal): Promise<JobOutcome> {
    const commit = await this.handler!.run(job, signal);
    return this.settle(async (settling) => {
      if (!(await this.store.settle(settling.tx, job, 'succeeded'))) return this.endCanceled(job, settling);
      await commit(settling);
      return 'succeeded';
    });
  }

  private async endBadly(job: Job, signal: AbortSignal, error: unknown): Promise<JobOutcome> {
    const reason = signal.aborted ? (signal.reason as StopReason) : undefined;
    if (reason === 'lost') return 'lost';
    const failure = asAppError(error);
    if (!reason) this.logger.warn({ err: failure, job_id: job.id, request_id: job.requestId }, 'a job failed');
    return this.settle(async (settling) => {
      if (reason === 'canceled') return this.endCanceled(job, settling);
      if (reason === 'parked') return this.park(job, settling);
      return this.giveUpOrRequeue(job, failure, retryDelayMs(job.attempts, this.delaysMs), settling);
    });
  }

  private async endCanceled(job: Job, settling: Settling): Promise<JobOutcome> {
    if (!(await this.store.settle(settling.tx, job, 'canceled'))) return 'lost';
    await this.handler!.canceled(job, settling);
    return 'canceled';
  }

  private async park(job: Job, settling: Settling): Promise<JobOutcome> {
    if (await this.store.isCancelRequested(settling.tx, job)) return this.endCanceled(job, settling);
    return (await this.store.park(settling.tx, job)) ? 'parked' : 'lost';
  }

  private async giveUpOrRequeue(job: Job, error: AppError, delayMs: number, settling: Settling): Promise<JobOutcome> {
    const { tx } = settling;
    if (await this.store.isCancelRequested(tx, job)) return this.endCanceled(job, settling);
    const isRetryable = ERRORS[error.code].retryable || error.code === 'INTERNAL_ERROR';
    const next = afterFailure(job.attempts, isRetryable, this.delaysMs);
    if (next === 'queued') return (await this.store.requeue(tx, job, delayMs, error.code)) ? 'retried' : 'lost';
    if (!(await this.store.settle(tx, job, next, error.code))) return 'lost';
    await this.handler!.failed(job, error, settling);
    return 'failed';
  }

  private settle<T>(work: (settling: Settling) => Promise<T>): Promise<T> {
    return this.outbox.transaction((tx, emit) => work({ tx, emit }));
  }

  private failed(error: unknown, what: string): void {
    if (!isDatabaseAway(error)) this.logger.error({ err: error, kind: this.options.kind }, what);
  }

  private async renew(): Promise<void> {
    const leases = [...this.running.keys()];
    if (leases.length === 0) return;
    const held = new Map((await this.store.renew(leases, leaseMs)).map((row) => [row.lease, row.isCancelRequested]));
    for (const lease of leases) {
      const reason: StopReason | undefined = !held.has(lease) ? 'lost' : held.get(lease) ? 'canceled' : undefined;
      if (reason) this.running.get(lease)?.stop.abort(reason);
    }
  }
}
