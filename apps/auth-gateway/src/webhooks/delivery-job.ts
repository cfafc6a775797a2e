import { AppError } from '@musicgen/error-codes';
import type { Commit, Job, JobHandler, Settling } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { DeliveriesStore } from './deliveries.store';
import { Sender } from './sender';
import type { Attempt } from './webhook-delivery.entity';
import { signedHeaders } from './webhook-secret';
import { WebhooksService } from './webhooks.service';
import { WebhooksStore } from './webhooks.store';

const nothing: Commit = async () => undefined;

/** Sends one delivery. At least once: an endpoint whose answer got lost hears it again, under the same `webhook-id`. */
@Injectable()
export class DeliveryJob implements JobHandler {
  constructor(
    private readonly deliveries: DeliveriesStore,
    private readonly endpoints: WebhooksStore,
    private readonly webhooks: WebhooksService,
    private readonly sender: Sender,
  ) {}

  async run({ userId, mode, resourceId }: Job, signal: AbortSignal): Promise<Commit> {
    const delivery = await this.deliveries.find({ userId, mode }, resourceId);
    const webhook = delivery && (await this.endpoints.find({ userId, mode }, delivery.webhookId));
    if (!webhook) return nothing;
    const body = JSON.stringify(delivery.body);
    const at = new Date();
    const headers = signedHeaders(delivery.id, at, body, this.webhooks.secretsOf(webhook, at.getTime()));
    const { problem, status, body: answered } = await this.sender.post(webhook.url, headers, body, signal);
    const attempt: Attempt = {
      at: at.toISOString(),
      duration_ms: Date.now() - at.getTime(),
      status,
      body: answered,
      problem,
    };
    if (problem === null) return ({ tx }) => this.deliveries.note(delivery.id, attempt, 'delivered', tx);
    await this.deliveries.note(delivery.id, attempt, 'pending');
    throw new AppError('SERVICE_UNAVAILABLE', { details: `A webhook was not delivered: ${problem}` });
  }

  failed(job: Job, _error: AppError, { tx }: Settling): Promise<void> {
    return this.deliveries.setStatus(tx, job.resourceId, 'failed');
  }

  canceled(job: Job, { tx }: Settling): Promise<void> {
    return this.deliveries.setStatus(tx, job.resourceId, 'failed');
  }
}
