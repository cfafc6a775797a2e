import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Generations, their files, and what is reserved of each day's quota. */
export class CreateGenerations1763640000000 implements MigrationInterface {
  name = 'CreateGenerations1763640000000';

  async up(query: QueryRunner) {
    await query.query(`
      CREATE TABLE generations (
        id text CONSTRAINT generations_pkey PRIMARY KEY,
        user_id text NOT NULL,
        mode text NOT NULL CONSTRAINT generations_mode_check CHECK (mode IN ('live', 'test')),
        key_id text,
        model text NOT NULL,
        prompt text NOT NULL,
        title text,
        request jsonb NOT NULL,
        seed bigint NOT NULL,
        duration double precision NOT NULL,
        metadata jsonb NOT NULL,
        status text NOT NULL,
        progress jsonb NOT NULL,
        interpretation jsonb,
        analysis jsonb,
        engine_version text,
        bank_sha256 text,
        error jsonb,
        quota text NOT NULL
          CONSTRAINT generations_quota_check CHECK (quota IN ('none', 'reserved', 'spent', 'released')),
        quota_day date NOT NULL,
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        finished_at timestamptz
      )`);
    await query.query(`CREATE INDEX generations_owner_idx ON generations (user_id, mode, id)`);
    await query.query(`CREATE INDEX generations_status_idx ON generations (user_id, mode, status, id)`);
    await query.query(`CREATE INDEX generations_queued_of_key_idx ON generations (key_id) WHERE status = 'queued'`);
    await query.query(`
      CREATE TABLE artefacts (
        generation_id text CONSTRAINT artefacts_generation_fkey REFERENCES generations ON DELETE CASCADE,
        kind text,
        name text,
        format text,
        user_id text NOT NULL,
        mode text NOT NULL CONSTRAINT artefacts_mode_check CHECK (mode IN ('live', 'test')),
        key text NOT NULL,
        bytes bigint NOT NULL,
        sha256 text NOT NULL,
        content_type text NOT NULL,
        CONSTRAINT artefacts_pkey PRIMARY KEY (generation_id, kind, name, format)
      )`);
    await query.query(`
      CREATE TABLE quota_days (
        user_id text,
        mode text CONSTRAINT quota_days_mode_check CHECK (mode IN ('live', 'test')),
        day date,
        reserved integer NOT NULL CONSTRAINT quota_days_reserved_check CHECK (reserved >= 0),
        CONSTRAINT quota_days_pkey PRIMARY KEY (user_id, mode, day)
      )`);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP TABLE quota_days, artefacts, generations`);
  }
}
