import { insertNew, type Owner } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { WebhookDelivery, type Attempt } from './webhook-delivery.entity';

const attemptsKept = 20;

/** A delivery, and when it is tried next. */
export type DeliveryRow = WebhookDelivery & { nextAttemptAt: Date | null };

const columns = `d.id, d.webhook_id AS "webhookId", d.user_id AS "userId", d.mode, d.event_id AS "eventId", d.event, d.url,
  d.body, d.status, d.attempts, d.created_at AS "createdAt",
  CASE WHEN j.state = 'queued' THEN j.not_before END AS "nextAttemptAt"`;
const joined = `FROM webhook_deliveries d LEFT JOIN jobs j ON j.kind = 'webhook_delivery' AND j.resource_id = d.id`;

@Injectable()
export class DeliveriesStore {
  constructor(private readonly dataSource: DataSource) {}

  /** False if the endpoint has the event already. */
  insert(tx: EntityManager, row: WebhookDelivery): Promise<boolean> {
    return insertNew(tx, WebhookDelivery, row);
  }

  find({ userId, mode }: Owner, id: string): Promise<WebhookDelivery | null> {
    return this.dataSource.getRepository(WebhookDelivery).findOneBy({ id, userId, mode });
  }

  async findRow({ userId, mode }: Owner, webhookId: string, id: string): Promise<DeliveryRow | null> {
    const rows = await this.dataSource.query(
      `SELECT ${columns} ${joined} WHERE d.id = $1 AND d.webhook_id = $2 AND d.user_id = $3 AND d.mode = $4`,
      [id, webhookId, userId, mode],
    );
    return rows[0] ?? null;
  }

  /** Newest first, one more than the limit. */
  list({ userId, mode }: Owner, webhookId: string, limit: number, cursor?: string): Promise<DeliveryRow[]> {
    return this.dataSource.query(
      `SELECT ${columns} ${joined}
       WHERE d.webhook_id = $1 AND d.user_id = $2 AND d.mode = $3 AND ($4::text IS NULL OR d.id < $4)
       ORDER BY d.id DESC LIMIT $5`,
      [webhookId, userId, mode, cursor ?? null, limit + 1],
    );
  }

  /** Adds a try to those that are kept. */
  async note(
    id: string,
    attempt: Attempt,
    status: WebhookDelivery['status'],
    tx: EntityManager = this.dataSource.manager,
  ): Promise<void> {
    await tx.query(
      `UPDATE webhook_deliveries SET status = $3, attempts = (
         SELECT jsonb_agg(one ORDER BY n) FROM (
           SELECT one, n FROM jsonb_array_elements(attempts || $2::jsonb) WITH ORDINALITY AS all_of(one, n)
           ORDER BY n DESC LIMIT $4
         ) latest)
       WHERE id = $1`,
      [id, JSON.stringify(attempt), status, attemptsKept],
    );
  }

  async setStatus(tx: EntityManager, id: string, status: WebhookDelivery['status']): Promise<void> {
    await tx.update(WebhookDelivery, { id }, { status });
  }
}
