import {
  usageRowsMax,
  type getUsage,
  type listGenerationUsage,
  type Principal,
  type ResponseOf,
  type UsageRange,
} from '@musicgen/platform-contracts';
import { CONFIG, ownerOf } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config';
import { GenerationCountsStore } from './generation-counts.store';
import { quotaDay, quotaResetAt } from './quota';
import { QuotaStore } from './quota.store';

/** Tells what was generated, and what is left of today. */
@Injectable()
export class UsageService {
  constructor(
    private readonly quota: QuotaStore,
    private readonly counts: GenerationCountsStore,
    @Inject(CONFIG) private readonly config: Pick<Config, 'tiers'>,
  ) {}

  /** Test mode spends none, so all of today's are left. */
  async get(principal: Principal, now = new Date()): Promise<ResponseOf<typeof getUsage>> {
    const used = await this.quota.countReserved(ownerOf(principal), quotaDay(now));
    const limit = this.config.tiers[principal.tier].generations_per_day;
    return { generations_remaining: Math.max(0, limit - used), reset_date: quotaResetAt(now).toISOString() };
  }
  async list(principal: Principal, range: UsageRange): Promise<ResponseOf<typeof listGenerationUsage>> {
    const rows = await this.counts.list(ownerOf(principal), range);
    return { data: rows.slice(0, usageRowsMax), truncated: rows.length > usageRowsMax };
  }
}
