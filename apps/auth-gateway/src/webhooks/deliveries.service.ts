import { AppError } from '@musicgen/error-codes';
import type { DeadJobView, PageRequest, Principal } from '@musicgen/platform-contracts';
import { deadJobView, JobQueue, Outbox, pageRows, type Settling, ownerOf } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { DeliveriesStore, type DeliveryRow } from './deliveries.store';
import { WebhooksStore } from './webhooks.store';

/** What was sent to an endpoint, for its owner. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly store: DeliveriesStore,
    private readonly webhooks: WebhooksStore,
    private readonly queue: JobQueue,
    private readonly outbox: Outbox,
  ) {}

  async list(principal: Principal, id: string, { limit, cursor }: PageRequest) {
    const owner = ownerOf(principal);
    if (!(await this.webhooks.find(owner, id))) throw new AppError('NOT_FOUND');
    return pageRows(await this.store.list(owner, id, limit, cursor), limit, deliveryView);
  }

  /** CONFLICT while it is still under way by itself. */
  async redeliver(principal: Principal, webhookId: string, id: string) {
    const owner = ownerOf(principal);
    if (!(await this.store.findRow(owner, webhookId, id))) throw new AppError('NOT_FOUND');
    const jobId = await this.outbox.transaction(async (tx) => {
      const jobId = await this.queue.restart(tx, id);
      if (!jobId) throw new AppError('CONFLICT', { details: 'It is still being delivered' });
      await this.store.setStatus(tx, id, 'pending');
      return jobId;
    });
    this.queue.announce(jobId);
    const row = await this.store.findRow(owner, webhookId, id);
    if (!row) throw new AppError('NOT_FOUND');
    return deliveryView(row);
  }

  /** For an administrator: the jobs of deliveries that were given up, of all users. */
  async listDead({ limit, cursor }: PageRequest) {
    return pageRows(await this.queue.listDead(limit, cursor), limit, deadJobView);
  }

  /** Null if there is no such job, or it is not given up. `alongside` is part of the same transaction. */
  async requeueDead(
    jobId: string,
    alongside: (tx: Settling['tx'], userId: string) => Promise<void>,
  ): Promise<DeadJobView | null> {
    const job = await this.outbox.transaction(async (tx) => {
      const job = await this.queue.restartDead(tx, jobId);
      if (!job) return null;
      await this.store.setStatus(tx, job.resourceId, 'pending');
      await alongside(tx, job.userId);
      return job;
    });
    if (!job) return null;
    this.queue.announce(job.id);
    return deadJobView(job);
  }
}

const deliveryView = (row: DeliveryRow) => ({
  id: row.id,
  webhook_id: row.webhookId,
  event: row.event,
  status: row.status,
  request: { url: row.url, body: row.body },
  attempts: row.attempts,
  next_attempt_at: row.nextAttemptAt?.toISOString() ?? null,
  created_at: row.createdAt.toISOString(),
});
