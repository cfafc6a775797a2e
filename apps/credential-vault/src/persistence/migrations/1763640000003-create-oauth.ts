import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Flows on their way, shared clients, links that users set, and grants that have still to be ended at their platforms. */
export class CreateOAuth1763640000003 implements MigrationInterface {
  name = 'CreateOAuth1763640000003';

  async up(query: QueryRunner) {
    await query.query(`ALTER TABLE credentials ADD is_shared boolean NOT NULL DEFAULT false`);
    await query.query(`ALTER TABLE credentials ALTER is_shared DROP DEFAULT`);
    await query.query(`CREATE UNIQUE INDEX credentials_shared_key ON credentials (platform, mode) WHERE is_shared`);
    await query.query(`
      CREATE TABLE oauth_flows (
        state_hash text CONSTRAINT oauth_flows_pkey PRIMARY KEY,
        credential_id text NOT NULL,
        user_id text NOT NULL,
        mode text NOT NULL CONSTRAINT oauth_flows_mode_check CHECK (mode IN ('live', 'test')),
        platform text NOT NULL,
        redirect_uri text NOT NULL,
        scopes jsonb NOT NULL,
        verifier bytea,
        return_to text,
        browser_hash text,
        is_callback_allowed boolean NOT NULL,
        expires_at timestamptz NOT NULL
      )`);
    await query.query(`CREATE INDEX oauth_flows_credential_idx ON oauth_flows (credential_id)`);
    await query.query(`CREATE INDEX oauth_flows_expires_idx ON oauth_flows (expires_at)`);
    await query.query(`
      CREATE TABLE platform_links (
        user_id text NOT NULL,
        mode text NOT NULL CONSTRAINT platform_links_mode_check CHECK (mode IN ('live', 'test')),
        platform text NOT NULL,
        link text NOT NULL,
        CONSTRAINT platform_links_pkey PRIMARY KEY (user_id, mode, platform)
      )`);
    await query.query(`
      CREATE TABLE revocations (
        id text CONSTRAINT revocations_pkey PRIMARY KEY,
        user_id text NOT NULL,
        mode text NOT NULL CONSTRAINT revocations_mode_check CHECK (mode IN ('live', 'test')),
        platform text NOT NULL,
        sealed bytea NOT NULL,
        attempts integer NOT NULL,
        not_before timestamptz NOT NULL,
        created_at timestamptz NOT NULL
      )`);
    await query.query(`CREATE INDEX revocations_due_idx ON revocations (not_before)`);
  }

  async down(query: QueryRunner) {
    for (const table of ['revocations', 'platform_links', 'oauth_flows']) await query.query(`DROP TABLE ${table}`);
    await query.query(`ALTER TABLE credentials DROP COLUMN is_shared`);
  }
}
