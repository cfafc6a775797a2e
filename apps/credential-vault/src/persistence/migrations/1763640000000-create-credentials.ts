import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Credentials: secrets are opaque to the database, and a platform has one active credential per owner and mode. */
export class CreateCredentials1763640000000 implements MigrationInterface {
  name = 'CreateCredentials1763640000000';

  async up(query: QueryRunner) {
    await query.query(`
      CREATE TABLE credentials (
        id text CONSTRAINT credentials_pkey PRIMARY KEY,
        user_id text NOT NULL,
        mode text NOT NULL CONSTRAINT credentials_mode_check CHECK (mode IN ('live', 'test')),
        platform text NOT NULL,
        name text,
        description text,
        fields jsonb NOT NULL,
        secrets jsonb NOT NULL,
        data_key bytea NOT NULL,
        is_active boolean NOT NULL,
        state text NOT NULL,
        last_validated timestamptz,
        validation_error text,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
      )`);
    await query.query(
      `CREATE UNIQUE INDEX credentials_active_key ON credentials (user_id, mode, platform) WHERE is_active`,
    );
    await query.query(`CREATE INDEX credentials_owner_idx ON credentials (user_id, mode, id)`);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP TABLE credentials`);
  }
}
