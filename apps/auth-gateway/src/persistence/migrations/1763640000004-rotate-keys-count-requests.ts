import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What rotation and reminders of keys, the counts of requests and repeated requests are remembered by. */
export class RotateKeysCountRequests1763640000004 implements MigrationInterface {
  name = 'RotateKeysCountRequests1763640000004';

  async up(query: QueryRunner) {
    await query.query(`
      ALTER TABLE api_keys
        ADD COLUMN rotated_at timestamptz,
        ADD COLUMN replaced_by text,
        ADD COLUMN expiry_announced integer,
        ADD COLUMN rotation_announced integer`);
    await query.query(`
      CREATE TABLE request_days (
        user_id text NOT NULL,
        mode text NOT NULL,
        day date NOT NULL,
        key_id text NOT NULL,
        route text NOT NULL,
        status_class text NOT NULL,
        requests integer NOT NULL,
        CONSTRAINT request_days_pkey PRIMARY KEY (user_id, mode, day, key_id, route, status_class)
      )`);
    await query.query(`CREATE INDEX request_days_day_idx ON request_days (day)`);
    await query.query(`
      CREATE TABLE idempotent_requests (
        key_hash text CONSTRAINT idempotent_requests_pkey PRIMARY KEY,
        user_id text NOT NULL,
        mode text NOT NULL,
        fingerprint text NOT NULL,
        resource_id text NOT NULL,
        ring_version integer NOT NULL,
        seed bytea NOT NULL,
        lease text NOT NULL,
        leased_until timestamptz NOT NULL,
        answer bytea,
        expires_at timestamptz NOT NULL
      )`);
    await query.query(`CREATE INDEX idempotent_requests_expires_at_idx ON idempotent_requests (expires_at)`);
    await query.query(`CREATE INDEX idempotent_requests_user_idx ON idempotent_requests (user_id)`);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP TABLE idempotent_requests, request_days`);
    await query.query(`
      ALTER TABLE api_keys
        DROP COLUMN rotated_at,
        DROP COLUMN replaced_by,
        DROP COLUMN expiry_announced,
        DROP COLUMN rotation_announced`);
  }
}
