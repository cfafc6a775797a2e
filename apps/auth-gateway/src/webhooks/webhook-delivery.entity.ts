import type { Mode } from '@musicgen/platform-contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One try, as it is listed. */
export interface Attempt {
  at: string;
  duration_ms: number;
  status: number | null;
  body: string | null;
  problem: string | null;
}

/** What is sent: the body of Standard Webhooks. */
export type WebhookBody = Record<'type' | 'timestamp', string> & { data: object };

/** One event on its way to one endpoint. When it is tried next stands in its job. */
@Entity('webhook_deliveries')
@Index('webhook_deliveries_event_key', ['webhookId', 'eventId'], { unique: true })
@Index('webhook_deliveries_webhook_idx', ['webhookId', 'id'])
@Index('webhook_deliveries_created_at_idx', ['createdAt'])
export class WebhookDelivery {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'webhook_deliveries_pkey' })
  id: string;

  @Column('text', { name: 'webhook_id' })
  webhookId: string;

  @Column('text', { name: 'user_id' })
  userId: string;

  @Column('text')
  mode: Mode;

  @Column('text', { name: 'event_id' })
  eventId: string;

  @Column('text')
  event: string;

  @Column('text')
  url: string;

  @Column('jsonb')
  body: WebhookBody;

  @Column('text')
  status: 'pending' | 'delivered' | 'failed';

  @Column('jsonb')
  attempts: Attempt[];

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
