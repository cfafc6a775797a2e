import { AppError } from '@musicgen/error-codes';
import type { createGeneration, Principal, RequestOf } from '@musicgen/platform-contracts';
import { JobQueue, type Call } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { quotaDay, quotaResetAt } from '../quota/quota';
import { QuotaStore } from '../quota/quota.store';
import { GenerationAdmission } from './generation-admission';
import { GenerationEventsStore } from './generation-events.store';
import { statusEvent } from './generation-progress';
import type { Generation } from './generation.entity';
import { GenerationsStore } from './generations.store';
import { ownerOf } from './owner';

type Asked = RequestOf<typeof createGeneration>;
type Admitted = Awaited<ReturnType<GenerationAdmission['admit']>>;

/** Takes requests in: generation, its quota and its job are stored together or not at all. */
@Injectable()
export class GenerationIntake {
  constructor(
    private readonly admission: GenerationAdmission,
    private readonly quota: QuotaStore,
    private readonly store: GenerationsStore,
    private readonly queue: JobQueue,
    private readonly events: GenerationEventsStore,
  ) {}

  /** The same id again changes nothing. */
  async accept(call: Call<Principal>, asked: Asked): Promise<void> {
    if (await this.store.find(ownerOf(call.principal), asked.id)) return;
    const admitted = await this.admission.admit(call.principal, asked);
    const jobId = await this.storeAll(call, asked, admitted);
    if (jobId !== null) return this.queue.announce(jobId);
    if (!(await this.store.find(ownerOf(call.principal), asked.id))) {
      throw new AppError('CONFLICT', { details: 'The id is taken' });
    }
  }

  /** The job's id; null if the generation is there already. */
  private storeAll({ principal, ...call }: Call<Principal>, asked: Asked, { tier, seed, waitingMax }: Admitted) {
    return this.store.transaction(async (tx) => {
      const generation = newGeneration(principal, asked, { tier, seed });
      const waiting = await this.store.countQueued(tx, generation);
      if (!(await this.store.insert(tx, generation))) return null;
      if (waiting >= waitingMax) throw tooManyWaiting(waiting);
      await this.events.append(tx, generation, generation.id, [statusEvent('queued')]);
      if (generation.quota === 'reserved') {
        const limit = tier.generations_per_day;
        if (!(await this.quota.reserve(tx, generation, generation.quotaDay, limit))) {
          throw quotaExceeded(limit, generation.createdAt);
        }
      }
      return this.queue.enqueue(tx, {
        resourceId: generation.id,
        userId: principal.user_id,
        mode: principal.mode,
        principal: { ...principal, origin: 'job' },
        requestId: call.requestId,
        traceparent: call.traceparent,
        concurrency: tier.concurrent_generations,
      });
    });
  }
}

function newGeneration(
  principal: Principal,
  { id, request }: Asked,
  { tier, seed }: Pick<Admitted, 'tier' | 'seed'>,
): Omit<Generation, 'artefacts'> {
  const now = new Date();
  return {
    ...ownerOf(principal),
    id,
    keyId: principal.key_id ?? null,
    model: request.model,
    prompt: request.prompt,
    title: request.title ?? null,
    request,
    seed,
    duration: request.duration,
    metadata: request.metadata ?? {},
    status: 'queued',
    progress: { fraction: 0, section: null, bar: null, bars: null, etaMs: null },
    interpretation: null,
    analysis: null,
    engineVersion: null,
    bankSha256: null,
    error: null,
    quota: principal.mode === 'live' ? 'reserved' : 'none',
    quotaDay: quotaDay(now),
    createdAt: now,
    startedAt: null,
    finishedAt: null,
    lastEvent: 0,
    preview: null,
    provenance: null,
    origin: null,
    repeatKey: null,
    audioDays: tier.audio_days,
    expiresAt: null,
  };
}

const tooManyWaiting = (waiting: number) =>
  new AppError('RATE_LIMIT_EXCEEDED', {
    details: `${waiting} generations of yours wait already; ask again when some of them have begun`,
    retryAfterSeconds: 30,
  });

function quotaExceeded(limit: number, now: Date): AppError {
  const resetAt = quotaResetAt(now);
  return new AppError('QUOTA_EXCEEDED', {
    details: `All ${limit} generations of today are used; there are new ones at ${resetAt.toISOString()}`,
    retryAfterSeconds: (resetAt.getTime() - now.getTime()) / 1_000,
  });
}
