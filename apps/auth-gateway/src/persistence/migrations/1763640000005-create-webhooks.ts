import { createEventTables, createJobs } from '@musicgen/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Endpoints, what is on its way to them, and the queue and the events that it comes from. */
export class CreateWebhooks1763640000005 implements MigrationInterface {
  name = 'CreateWebhooks1763640000005';

  async up(query: QueryRunner) {
    await createJobs(query);
    await createEventTables(query);
    await query.query(`
      CREATE TABLE webhooks (
        id text CONSTRAINT webhooks_pkey PRIMARY KEY,
        user_id text NOT NULL,
        mode text NOT NULL,
        url text NOT NULL,
        events text[] NOT NULL,
        secret bytea NOT NULL,
        old_secret bytea,
        secret_rotated_at timestamptz,
        created_at timestamptz NOT NULL
      )`);
    await query.query(`CREATE INDEX webhooks_owner_idx ON webhooks (user_id, mode, id)`);
    await query.query(`CREATE UNIQUE INDEX webhooks_url_key ON webhooks (user_id, mode, url)`);
    await query.query(`
      CREATE TABLE webhook_deliveries (
        id text CONSTRAINT webhook_deliveries_pkey PRIMARY KEY,
        webhook_id text NOT NULL,
        user_id text NOT NULL,
        mode text NOT NULL,
        event_id text NOT NULL,
        event text NOT NULL,
        url text NOT NULL,
        body jsonb NOT NULL,
        status text NOT NULL,
        attempts jsonb NOT NULL,
        created_at timestamptz NOT NULL
      )`);
    await query.query(`CREATE UNIQUE INDEX webhook_deliveries_event_key ON webhook_deliveries (webhook_id, event_id)`);
    await query.query(`CREATE INDEX webhook_deliveries_webhook_idx ON webhook_deliveries (webhook_id, id)`);
    await query.query(`CREATE INDEX webhook_deliveries_created_at_idx ON webhook_deliveries (created_at)`);
    await query.query(`
      CREATE TABLE generation_webhooks (
        generation_id text CONSTRAINT generation_webhooks_pkey PRIMARY KEY,
        webhook_id text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await query.query(`CREATE INDEX generation_webhooks_webhook_idx ON generation_webhooks (webhook_id)`);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP TABLE generation_webhooks, webhook_deliveries, webhooks, dead_events, seen_events, jobs`);
  }
}
