import { AppError } from '@musicgen/error-codes';
import type { createGeneration, Principal, RequestOf } from '@musicgen/platform-contracts';
import { JobQueue, type Call, ownerOf } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { quotaDay, quotaExceeded } from '../quota/quota';
import { QuotaStore } from '../quota/quota.store';
import { renderRequestOf } from '../rendering/render-request';
import { repeatKeyOf } from '../repeats/repeat-key';
import { Repeats } from '../repeats/repeats.service';
import { GenerationAdmission } from './generation-admission';
import { GenerationEventsStore } from './generation-events.store';
import { statusEvent } from './generation-progress';
import type { Generation } from './generation.entity';
import { GenerationsStore } from './generations.store';

type Asked = RequestOf<typeof createGeneration>;
type NewGeneration = Omit<Generation, 'artefacts'>;
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
    private readonly repeats: Repeats,
  ) {}

  /** The same id again changes nothing. */
  async accept(call: Call<Principal>, asked: Asked): Promise<void> {
    if (await this.store.find(ownerOf(call.principal), asked.id)) return;
    const admitted = await this.admission.admit(call.principal, asked);
    const generation = newGeneration(call.principal, asked.id, admitted);
    const { model, tier } = admitted;
    const isRepeat =
      asked.request.seed !== undefined && (await this.repeats.answer(generation, model, tier.generations_per_day));
    const jobId = isRepeat ? null : await this.storeAll(call, generation, admitted);
    if (jobId !== null) return this.queue.announce(jobId);
    if (!(await this.store.find(ownerOf(call.principal), asked.id))) {
      throw new AppError('CONFLICT', { details: 'The id is taken' });
    }
  }

  /** The job's id; null if the generation is there already. */
  private storeAll({ principal, ...call }: Call<Principal>, generation: NewGeneration, { tier, waitingMax }: Admitted) {
    return this.store.transaction(async (tx) => {
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

function newGeneration(principal: Principal, id: string, { tier, seed, request, origin }: Admitted): NewGeneration {
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
    origin,
    repeatKey: repeatKeyOf(renderRequestOf(id, seed, request, origin)),
    audioDays: tier.audio_days,
    expiresAt: null,
  };
}

const tooManyWaiting = (waiting: number) =>
  new AppError('RATE_LIMIT_EXCEEDED', {
    details: `${waiting} generations of yours wait already; ask again when some of them have begun`,
    retryAfterSeconds: 30,
  });
