import { AppError, ERRORS } from '@musicgen/error-codes';
import type { EventContract } from '@musicgen/platform-contracts';
import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { LiveEvents } from '../events/live-events';
import { newId } from '../ids';
import type { Logger } from '../logging/logger';
import { asAppError, isDatabaseAway } from '../rpc/as-app-error';
import { afterFailure, retryDelayMs, type Job, type JobHandler } from './job';
import { JobStore, type NewJob } from './job.store';
import { Pump } from './pump';

const leaseMs = 10_000;
const renewEveryMs = 2_500;
const pollEveryMs = 1_000;

/** Why a running job is told to stop. */
type StopReason = 'canceled' | 'lost' | 'parked';

export interface JobQueueOptions {
  kind: string;
  /** Jobs beyond this many waiting ones are refused. */
  queuedMax: number;
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
  private readonly running = new Map<string, { done: Promise<void>; stop: AbortController }>();
  private renewal?: NodeJS.Timeout;
  private handler?: JobHandler;
  private slots = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly live: LiveEvents,
    private readonly logger: Logger,
    private readonly options: JobQueueOptions,
  ) {
    this.store = new JobStore(dataSource, options.kind, randomUUID());
    this.claims = new Pump(() => this.claimOne(), pollEveryMs);
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

  findQueuePosition(resourceId: string): Promise<number | null> {
    return this.store.findQueuePosition(resourceId);
  }

  /** Starts working, at most `slots` jobs at once. */
  work(handler: JobHandler, slots: number): void {
    this.handler = handler;
    this.slots = slots;
    this.live.subscribe(this.options.changed, (change) => this.hear(change as { job_id: string; change: string }));
    this.renewal = setInterval(() => void this.renew(), renewEveryMs);
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
    if (change === 'queued') this.claims.wake();
    else this.running.get(id)?.stop.abort('canceled' satisfies StopReason);
  }

  private async claimOne(): Promise<boolean> {
    if (this.running.size >= this.slots || !this.dataSource.isInitialized) return false;
    try {
      await this.adoptAbandoned();
      const job = await this.store.claim(leaseMs);
      if (!job) return false;
      const stop = new AbortController();
      const done = this.perform(job, stop.signal).finally(() => {
        this.running.delete(job.id);
        this.claims.wake();
      });
      this.running.set(job.id, { done, stop });
      return true;
    } catch (error) {
      if (!isDatabaseAway(error)) this.logger.error({ err: error, kind: this.options.kind }, 'no job could be claimed');
      return false;
    }
  }

  /** A killed worker's jobs go back to the queue, or end, if they have killed too many. */
  private async adoptAbandoned(): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      for (const job of await this.store.listAbandoned(tx)) {
        this.logger.warn({ job_id: job.id, request_id: job.requestId }, 'a job was left by its worker');
        await this.store.take(tx, job.id);
        await this.giveUpOrRequeue(tx, job, new AppError('INTERNAL_ERROR'), 0);
      }
    });
  }

  private async perform(job: Job, signal: AbortSignal): Promise<void> {
    try {
      const commit = await this.handler!.run(job, signal);
      await this.dataSource.transaction(async (tx) => {
        if (await this.store.settle(tx, job.id, 'succeeded')) await commit(tx);
      });
    } catch (error) {
      await this.endBadly(job, signal, error).catch((problem) =>
        // The lease runs out, and the job is found again.
        this.logger.error({ err: problem, job_id: job.id }, 'a job could not be settled'),
      );
    }
  }

  private async endBadly(job: Job, signal: AbortSignal, error: unknown): Promise<void> {
    const reason = signal.aborted ? (signal.reason as StopReason) : undefined;
    if (reason === 'lost') return;
    const failure = asAppError(error);
    if (!reason) this.logger.warn({ err: failure, job_id: job.id, request_id: job.requestId }, 'a job failed');
    await this.dataSource.transaction(async (tx) => {
      if (reason === 'parked') return this.store.requeue(tx, job.id, 0, true);
      if (reason === 'canceled') {
        if (await this.store.settle(tx, job.id, 'canceled')) await this.handler!.canceled(tx, job);
        return;
      }
      await this.giveUpOrRequeue(tx, job, failure, retryDelayMs(job.attempts));
    });
  }

  private async giveUpOrRequeue(tx: EntityManager, job: Job, error: AppError, delayMs: number): Promise<void> {
    const isRetryable = ERRORS[error.code].retryable || error.code === 'INTERNAL_ERROR';
    const next = afterFailure(job.attempts, isRetryable);
    if (next === 'queued') return this.store.requeue(tx, job.id, delayMs, false, error.code);
    if (await this.store.settle(tx, job.id, next, error.code)) await this.handler!.failed(tx, job, error);
  }

  private async renew(): Promise<void> {
    const ids = [...this.running.keys()];
    if (ids.length === 0) return;
    try {
      const ours = new Map((await this.store.renew(ids, leaseMs)).map((job) => [job.id, job.isCancelRequested]));
      for (const id of ids) {
        const reason: StopReason | undefined = !ours.has(id) ? 'lost' : ours.get(id) ? 'canceled' : undefined;
        if (reason) this.running.get(id)?.stop.abort(reason);
      }
    } catch (error) {
      if (!isDatabaseAway(error)) this.logger.error({ err: error }, 'leases could not be renewed');
    }
  }
}
