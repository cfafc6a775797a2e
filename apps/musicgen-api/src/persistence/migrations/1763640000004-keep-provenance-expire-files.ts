import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each generation's signed provenance, how long its files are kept, what it comes from, and by what a repeat is found. */
export class KeepProvenanceExpireFiles1763640000004 implements MigrationInterface {
  name = 'KeepProvenanceExpireFiles1763640000004';

  async up(query: QueryRunner) {
    // What was made before is kept for as long as the longest tier keeps it.
    await query.query(`
      ALTER TABLE generations
        ADD COLUMN provenance text,
        ADD COLUMN origin jsonb,
        ADD COLUMN repeat_key text,
        ADD COLUMN audio_days integer NOT NULL DEFAULT 30,
        ADD COLUMN expires_at timestamptz`);
    await query.query(`ALTER TABLE generations ALTER COLUMN audio_days DROP DEFAULT`);
    await query.query(
      `UPDATE generations SET expires_at = finished_at + interval '30 days' WHERE status = 'succeeded'`,
    );
    await query.query(`CREATE INDEX generations_expiry_idx ON generations (expires_at) WHERE status = 'succeeded'`);
    await query.query(`
      CREATE INDEX generations_repeat_idx ON generations (user_id, mode, repeat_key) WHERE status = 'succeeded'`);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP INDEX generations_repeat_idx, generations_expiry_idx`);
    await query.query(`
      ALTER TABLE generations DROP COLUMN provenance, DROP COLUMN origin, DROP COLUMN repeat_key,
        DROP COLUMN audio_days, DROP COLUMN expires_at`);
  }
}
