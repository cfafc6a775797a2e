import { createUserDeletions } from '@musicgen/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who did or tried what, and whose data is still to be deleted. */
export class RecordSecurityEvents1763640000006 implements MigrationInterface {
  name = 'RecordSecurityEvents1763640000006';

  async up(query: QueryRunner) {
    await createUserDeletions(query);
    await query.query(`
      CREATE TABLE security_events (
        id text CONSTRAINT security_events_pkey PRIMARY KEY,
        at timestamptz NOT NULL,
        action text NOT NULL,
        outcome text NOT NULL,
        user_id text,
        key_id text,
        session_id text,
        address text,
        request_id text,
        target_id text,
        user_ids text[] NOT NULL,
        details jsonb NOT NULL,
        count integer NOT NULL,
        fold text
      )`);
    await query.query(`CREATE INDEX security_events_at_idx ON security_events (at)`);
    await query.query(`CREATE UNIQUE INDEX security_events_fold_key ON security_events (fold)`);
    await query.query(`CREATE INDEX security_events_users_idx ON security_events USING gin (user_ids)`);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP TABLE security_events, user_deletions`);
  }
}
