import { AppError } from '@musicgen/error-codes';
import type { Principal } from '@musicgen/platform-contracts';
import { JobQueue, Outbox, pageRows } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { DeliveriesStore, type DeliveryRow } from './deliveries.store';
import { ownerOf, WebhooksStore } from './webhooks.store';

/** What was sent to an endpoint, for its owner. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly store: DeliveriesStore,
    private readonly webhooks: WebhooksStore,
    private readonly queue: JobQueue,
    private readonly outbox: Outbox,
  ) {}

  async list(principal: Principal, id: string, { limit, cursor }: { limit: number; cursor?: string }) {
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
