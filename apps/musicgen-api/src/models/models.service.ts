import { AppError } from '@musicgen/error-codes';
import { generationRequest, type Model, type Principal } from '@musicgen/platform-contracts';
import { requirePermission } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { ModelDescription, RenderRequest } from '../engines/engine';
import type { EngineEntry, RequestProblem } from '../engines/registry';
import type { DigitalSourceType } from '../audio/tags';

/** Where the descriptions come from; they are known once a render process has loaded its engines. */
export interface ModelSource {
  describe(): Promise<ModelDescription[]>;
}

/** Somebody waits for an answer: a start that takes longer is said to be one. */
const patienceMs = 3_000;

const parameters = z.toJSONSchema(generationRequest, { io: 'input' });

/** The models that can be asked for, and what each can do. */
@Injectable()
export class ModelsService {
  constructor(
    private readonly source: ModelSource,
    private readonly engines: Record<string, Pick<EngineEntry, 'check' | 'source'>>,
  ) {}

  async list(principal: Principal): Promise<{ data: Model[] }> {
    requirePermission(principal, 'models:read');
    return { data: (await this.describe()).map(view) };
  }

  async get(principal: Principal, id: string): Promise<Model> {
    requirePermission(principal, 'models:read');
    const model = (await this.describe()).find((description) => description.id === id);
    if (!model) throw new AppError('NOT_FOUND');
    return view(model);
  }

  /** What the model's engine cannot do of a request. */
  check(model: ModelDescription, request: RenderRequest): RequestProblem[] {
    return this.engines[model.engine]?.check(request) ?? [];
  }

  /** What a model's music is. */
  async sourceOf(model: string): Promise<DigitalSourceType> {
    const engine = (await this.describe()).find(({ id }) => id === model)?.engine ?? '';
    const entry = this.engines[engine];
    if (!entry) throw new Error(`no engine has ${model}`);
    return entry.source;
  }

  async describe(): Promise<ModelDescription[]> {
    const patience = new AbortController();
    const models = await Promise.race([
      this.source.describe().catch(() => undefined),
      wait(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
    if (!models) {
      throw new AppError('SERVICE_UNAVAILABLE', { details: 'The engines are still starting', retryAfterSeconds: 2 });
    }
    return models;
  }
}

const view = (model: ModelDescription): Model => ({
  id: model.id,
  name: model.name,
  engine: model.engine,
  description: model.description,
  available: model.available,
  unavailable_reason: model.available ? null : (model.unavailableReason ?? 'no reason given'),
  max_duration: model.maxDurationSeconds,
  sample_rate: model.sampleRate,
  channels: model.channels,
  outputs: model.outputs,
  parameters,
  licence: model.licence,
  commercial_use: model.commercialUse,
  deterministic: model.deterministic,
});
