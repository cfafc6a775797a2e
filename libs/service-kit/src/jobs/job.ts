import type { Mode, Principal } from '@musicgen/platform-contracts';
import type { AppError } from '@musicgen/error-codes';
import type { EntityManager } from 'typeorm';
import type { Emit } from '../events/outbox';

/** A piece of work that outlives the request that asked for it. The row is the queue. */
export interface Job {
  id: string;
  kind: string;
  /** What the job is about: a generation's id, a scan's. */
  resourceId: string;
  userId: string;
  mode: Mode;
  principal: Principal;
  requestId: string;
  traceparent: string;
  /** Counts starts; a parked job's start does not count. */
  attempts: number;
  /** Names this one start: whoever does not hold it changes nothing. */
  lease: string;
  createdAt: Date;
}

/** The transaction in which a job gets its state, and a way to tell others of what it changes. */
export interface Settling {
  tx: EntityManager;
  emit: Emit;
}

/** Commits a result together with the job's own state. */
export type Commit = (settling: Settling) => Promise<void>;

/** How one start of a job ended. `lost`: another worker has the job, or it was deleted. */
export type JobOutcome = 'succeeded' | 'canceled' | 'failed' | 'retried' | 'parked' | 'lost';

/** What a service does with its jobs. All of it must be idempotent by job id. */
export interface JobHandler {
  /** Does the work; `signal` aborts when the job is cancelled, lost to another worker, or the service stops. */
  run(job: Job, signal: AbortSignal): Promise<Commit>;
  /** The job will not be tried again. */
  failed(job: Job, error: AppError, settling: Settling): Promise<void>;
  /** The job was cancelled while it ran. */
  canceled(job: Job, settling: Settling): Promise<void>;
  /** After the commit of whatever became of this start: the place to remove what it left outside of the database. */
  ended?(job: Job, outcome: JobOutcome): Promise<void>;
}

/** How long a job waits after its first, second … start failed; after the last of them it is not tried again. */
export type RetryDelays = readonly number[];

/** 1 s, 5 s, 30 s, 2 min: five starts. */
export const usualDelaysMs: RetryDelays = [1_000, 5_000, 30_000, 120_000];

/** The delay after the n-th start, with up to half of it more or less. */
export const retryDelayMs = (attempts: number, delaysMs = usualDelaysMs, random = Math.random()): number =>
  (delaysMs[Math.min(attempts, delaysMs.length) - 1] ?? 0) * (0.5 + random);

/** `dead` lists for an admin; `failed` is final for a reason that another try cannot change. */
export const afterFailure = (
  attempts: number,
  isRetryable: boolean,
  delaysMs = usualDelaysMs,
): 'queued' | 'dead' | 'failed' => (!isRetryable ? 'failed' : attempts > delaysMs.length ? 'dead' : 'queued');
