import { invalidFields } from '@musicgen/error-codes';
import type { createGeneration, Principal, RequestOf } from '@musicgen/platform-contracts';
import { CONFIG, ownerOf } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { randomInt } from 'node:crypto';
import type { Config } from '../config';
import { ModelsService } from '../models/models.service';
import { Origins } from '../origins/origins.service';
import { renderRequestOf } from '../rendering/render-request';
import { limitProblems, modelOf } from './generation-check';

const seeds = 2 ** 32;

/** Decides whether a request can be rendered for its caller, before anything is stored. */
@Injectable()
export class GenerationAdmission {
  constructor(
    private readonly models: ModelsService,
    private readonly origins: Origins,
    @Inject(CONFIG) private readonly config: Pick<Config, 'tiers' | 'queueMaxPerUser'>,
  ) {}

  /** The caller's limits, the model, and the request's seed, chosen if there was none. Throws what is wrong, all fields at once. */
  async admit(principal: Principal, { id, request: asked }: RequestOf<typeof createGeneration>) {
    const { tier: tierName, mode } = principal;
    const tier = this.config.tiers[tierName];
    const seed = asked.seed ?? randomInt(seeds);
    const model = modelOf(await this.models.describe(), asked.model);
    const { request, origin, problems: ofOrigin } = await this.origins.resolve(ownerOf(principal), asked, model);
    const problems = [
      ...ofOrigin,
      ...limitProblems(request, model, { mode, tierName, tier }),
      ...this.models.check(model, renderRequestOf(id, seed, request, origin)),
    ];
    if (problems.length > 0) throw invalidFields(problems);
    return { tier, seed, model, request, origin, waitingMax: this.config.queueMaxPerUser };
  }
}
