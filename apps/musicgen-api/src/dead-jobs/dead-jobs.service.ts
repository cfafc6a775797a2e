import { AppError } from '@musicgen/error-codes';
import type { DeadJobView, PageRequest, Principal } from '@musicgen/platform-contracts';
import {
  CONFIG,
  deadJobView,
  JobQueue,
  pageRows,
  requireAdmin,
  type DeadJob,
  type Settling,
} from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config';
import { GenerationAnnouncements } from '../generations/generation-announcements';
import { GenerationEventsStore } from '../generations/generation-events.store';
import { statusEvent } from '../generations/generation-progress';
import { GenerationsStore } from '../generations/generations.store';
import { quotaDay, quotaExceeded } from '../quota/quota';
import { QuotaStore } from '../quota/quota.store';

/** Generations that failed five times: listed for administrators, who can have them tried anew. */
@Injectable()
export class DeadJobsService {
  constructor(
    private readonly queue: JobQueue,
    private readonly generations: GenerationsStore,
    private readonly events: GenerationEventsStore,
    private readonly announcements: GenerationAnnouncements,
    private readonly quota: QuotaStore,
    @Inject(CONFIG) private readonly config: Pick<Config, 'tiers'>,
  ) {}

  async list(principal: Principal, { limit, cursor }: PageRequest) {
    requireAdmin(principal);
    return pageRows(await this.queue.listDead(limit, cursor), limit, deadJobView);
  }

  /**
   * Its generation goes back from failed to queued. The unit of the user's day was given back when it failed: a new one is
   * taken, of today's. Throws QUOTA_EXCEEDED where there is none left, CONFLICT where the generation is gone.
   */
  async requeue(principal: Principal, id: string): Promise<DeadJobView> {
    requireAdmin(principal);
    const job = await this.generations.transaction(async (tx) => {
      const job = await this.queue.restartDead(tx, id);
      if (!job) throw new AppError('NOT_FOUND');
      await this.requeueGeneration(tx, job);
      return job;
    });
    this.queue.announce(job.id);
    this.announcements.announce(job.resourceId);
    return deadJobView(job);
  }

  private async requeueGeneration(tx: Settling['tx'], { resourceId, userId, mode, principal }: DeadJob): Promise<void> {
    const owner = { userId, mode };
    const now = new Date();
    const day = quotaDay(now);
    if (!(await this.generations.requeue(tx, owner, resourceId, day))) {
      throw new AppError('CONFLICT', { details: 'Its generation is gone' });
    }
    await this.events.append(tx, owner, resourceId, [statusEvent('queued')]);
    if (mode === 'test') return;
    const limit = this.config.tiers[principal.tier].generations_per_day;
    if (!(await this.quota.reserve(tx, owner, day, limit))) throw quotaExceeded(limit, now);
  }
}
