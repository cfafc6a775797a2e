import type { createGeneration, Principal, RequestOf } from '@musicgen/platform-contracts';
import { CONFIG } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { randomInt } from 'node:crypto';
import type { Config } from '../config';
import { ModelsService } from '../models/models.service';
import { renderRequestOf } from '../rendering/render-request';
import { limitProblems, modelOf, refused } from './generation-check';

const seeds = 2 ** 32;

/** Decides whether a request can be rendered for its caller, before anything is stored. */
@Injectable()
export class GenerationAdmission {
  constructor(
    private readonly models: ModelsService,
    @Inject(CONFIG) private readonly config: Pick<Config, 'tiers' | 'queueMaxPerUser'>,
  ) {}

  /** The caller's limits, and the request's seed, chosen if there was none. Throws what is wrong, all fields at once. */
  async admit({ tier: tierName, mode }: Principal, { id, request }: RequestOf<typeof createGeneration>) {
    const tier = this.config.tiers[tierName];
    const seed = request.seed ?? randomInt(seeds);
    const model = modelOf(await this.models.describe(), request.model);
    const problems = [
      ...limitProblems(request, model, { mode, tierName, tier }),
      ...this.models.check(model, renderRequestOf(id, seed, request)),
    ];
    if (problems.length > 0) throw refused(problems);
    return { tier, seed, waitingMax: this.config.queueMaxPerUser };
  }
}
