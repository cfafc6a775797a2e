import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What happened to each generation, numbered; and how much of its preview there is. */
export class CreateGenerationEvents1763640000003 implements MigrationInterface {
  name = 'CreateGenerationEvents1763640000003';

  async up(query: QueryRunner) {
    await query.query(`
      ALTER TABLE generations ADD COLUMN last_event integer NOT NULL DEFAULT 0, ADD COLUMN preview jsonb`);
    await query.query(`CREATE INDEX generations_preview_idx ON generations (finished_at) WHERE preview IS NOT NULL`);
    await query.query(`
      CREATE TABLE generation_events (
        generation_id text CONSTRAINT generation_events_generation_fkey REFERENCES generations ON DELETE CASCADE,
        number integer,
        user_id text NOT NULL,
        mode text NOT NULL CONSTRAINT generation_events_mode_check CHECK (mode IN ('live', 'test')),
        type text NOT NULL,
        data jsonb NOT NULL,
        CONSTRAINT generation_events_pkey PRIMARY KEY (generation_id, number)
      )`);
    // What was over before there were events is told to be over.
    await query.query(`
      INSERT INTO generation_events (generation_id, number, user_id, mode, type, data)
      SELECT id, 1, user_id, mode, 'done', jsonb_build_object('status', status, 'error', error)
      FROM generations WHERE finished_at IS NOT NULL`);
    await query.query(`UPDATE generations SET last_event = 1 WHERE finished_at IS NOT NULL`);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP TABLE generation_events`);
    await query.query(`DROP INDEX generations_preview_idx`);
    await query.query(`ALTER TABLE generations DROP COLUMN last_event, DROP COLUMN preview`);
  }
}
