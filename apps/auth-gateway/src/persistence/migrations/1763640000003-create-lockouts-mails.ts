import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What signing in needs beside the users: failed tries, e-mail that waits, links that work once, sessions held by a cookie. */
export class CreateLockoutsMails1763640000003 implements MigrationInterface {
  name = 'CreateLockoutsMails1763640000003';

  async up(query: QueryRunner) {
    await query.query(`ALTER TABLE users ADD COLUMN email_verified_at timestamptz`);
    await query.query(`ALTER TABLE sessions ADD COLUMN cookie_hash text`);
    await query.query(`CREATE UNIQUE INDEX sessions_cookie_hash_key ON sessions (cookie_hash)`);
    await query.query(`
      CREATE TABLE lockouts (
        subject text CONSTRAINT lockouts_pkey PRIMARY KEY,
        failures bigint[] NOT NULL,
        locks integer NOT NULL,
        locked_until timestamptz NOT NULL,
        forgotten_at timestamptz NOT NULL
      )`);
    await query.query(`CREATE INDEX lockouts_forgotten_at_idx ON lockouts (forgotten_at)`);
    await query.query(`
      CREATE TABLE one_time_tokens (
        hash text CONSTRAINT one_time_tokens_pkey PRIMARY KEY,
        user_id text NOT NULL,
        purpose text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      )`);
    await query.query(`CREATE UNIQUE INDEX one_time_tokens_user_key ON one_time_tokens (user_id, purpose)`);
    await query.query(`
      CREATE TABLE mails (
        id text CONSTRAINT mails_pkey PRIMARY KEY,
        kind text NOT NULL,
        email text NOT NULL,
        attempts integer NOT NULL,
        not_before timestamptz NOT NULL,
        created_at timestamptz NOT NULL
      )`);
    await query.query(`CREATE UNIQUE INDEX mails_kind_key ON mails (kind, email)`);
    await query.query(`CREATE INDEX mails_not_before_idx ON mails (not_before)`);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP TABLE mails, one_time_tokens, lockouts`);
    await query.query(`ALTER TABLE sessions DROP COLUMN cookie_hash`);
    await query.query(`ALTER TABLE users DROP COLUMN email_verified_at`);
  }
}
