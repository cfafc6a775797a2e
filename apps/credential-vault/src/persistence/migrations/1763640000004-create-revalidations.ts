import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Active credentials are checked every day: when each is due, and how fast each platform may be asked. */
export class CreateRevalidations1763640000004 implements MigrationInterface {
  name = 'CreateRevalidations1763640000004';

  async up(query: QueryRunner) {
    await query.query(`
      CREATE TABLE revalidations (
        credential_id text CONSTRAINT revalidations_pkey PRIMARY KEY
          CONSTRAINT revalidations_credential_fkey REFERENCES credentials (id) ON DELETE CASCADE,
        due_at timestamptz NOT NULL
      )`);
    await query.query(`
      CREATE TABLE paces (
        platform text NOT NULL,
        mode text NOT NULL,
        free_at timestamptz NOT NULL,
        CONSTRAINT paces_pkey PRIMARY KEY (platform, mode)
      )`);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP TABLE paces`);
    await query.query(`DROP TABLE revalidations`);
  }
}
