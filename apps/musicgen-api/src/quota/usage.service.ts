import type { getUsage, Principal, ResponseOf } from '@musicgen/platform-contracts';
import { CONFIG } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config';
import { ownerOf } from '../generations/owner';
import { quotaDay, quotaResetAt } from './quota';
import { QuotaStore } from './quota.store';

/** Tells what is left of today's generations. Test mode spends none, so all of them are left. */
@Injectable()
export class UsageService {
  constructor(
    private readonly quota: QuotaStore,
    @Inject(CONFIG) private readonly config: Pick<Config, 'tiers'>,
  ) {}

  async get(principal: Principal, now = new Date()): Promise<ResponseOf<typeof getUsage>> {
    const used = await this.quota.countReserved(ownerOf(principal), quotaDay(now));
    const limit = this.config.tiers[principal.tier].generations_per_day;
    return { generations_remaining: Math.max(0, limit - used), reset_date: quotaResetAt(now).toISOString() };
  }
}
