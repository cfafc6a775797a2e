import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Users, their sessions and API keys, and the keys that sign access tokens. Secrets are hashed, sealed or not there. */
export class CreateUsers1763640000000 implements MigrationInterface {
  name = 'CreateUsers1763640000000';

  async up(query: QueryRunner) {
    await query.query(`
      CREATE TABLE users (
        id text CONSTRAINT users_pkey PRIMARY KEY,
        email text NOT NULL,
        name text,
        password_hash text NOT NULL,
        tier text NOT NULL,
        role text NOT NULL,
        is_locked boolean NOT NULL,
        created_at timestamptz NOT NULL
      )`);
    await query.query(`CREATE UNIQUE INDEX users_email_key ON users (email)`);
    await query.query(`
      CREATE TABLE api_keys (
        id text CONSTRAINT api_keys_pkey PRIMARY KEY,
        user_id text NOT NULL,
        mode text NOT NULL,
        name text NOT NULL,
        hash text NOT NULL,
        prefix text NOT NULL,
        last4 text NOT NULL,
        permissions text[] NOT NULL,
        allowed_ips text[],
        expires_at timestamptz,
        retires_at timestamptz,
        revoked_at timestamptz,
        last_used_at timestamptz,
        created_at timestamptz NOT NULL
      )`);
    await query.query(`CREATE UNIQUE INDEX api_keys_hash_key ON api_keys (hash)`);
    await query.query(`CREATE INDEX api_keys_owner_idx ON api_keys (user_id, mode, id)`);
    await query.query(`
      CREATE TABLE sessions (
        id text CONSTRAINT sessions_pkey PRIMARY KEY,
        user_id text NOT NULL,
        key_id text,
        mode text NOT NULL,
        family text NOT NULL,
        current_n integer NOT NULL,
        presented_at timestamptz,
        device text,
        address text,
        created_at timestamptz NOT NULL,
        last_used_at timestamptz NOT NULL,
        revoked_at timestamptz
      )`);
    await query.query(`CREATE UNIQUE INDEX sessions_family_key ON sessions (family)`);
    await query.query(`CREATE INDEX sessions_user_idx ON sessions (user_id)`);
    await query.query(`
      CREATE TABLE signing_keys (
        kid text CONSTRAINT signing_keys_pkey PRIMARY KEY,
        state text NOT NULL,
        public_jwk jsonb NOT NULL,
        private_key bytea,
        created_at timestamptz NOT NULL,
        activated_at timestamptz,
        retired_at timestamptz
      )`);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP TABLE signing_keys, sessions, api_keys, users`);
  }
}
