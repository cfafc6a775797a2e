import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tokens apart from the credential: who changes the one never writes over the other. */
export class CreateGrants1763640000002 implements MigrationInterface {
  name = 'CreateGrants1763640000002';

  async up(query: QueryRunner) {
    await query.query(`
      CREATE TABLE grants (
        credential_id text NOT NULL CONSTRAINT grants_credential_fkey REFERENCES credentials (id) ON DELETE CASCADE,
        kind text NOT NULL CONSTRAINT grants_kind_check CHECK (kind IN ('user', 'app')),
        user_id text NOT NULL,
        mode text NOT NULL,
        platform text NOT NULL,
        access_token text,
        refresh_token text,
        expires_at timestamptz,
        scopes text[],
        consented_at timestamptz,
        refresh_expires_at timestamptz,
        reauth_due_at timestamptz,
        reauth_told_days integer,
        version integer NOT NULL,
        fence integer NOT NULL,
        lock_owner text,
        locked_until timestamptz,
        intent_at timestamptz,
        pending text,
        pending_fence integer,
        failing_since timestamptz,
        refused_since timestamptz,
        failures integer NOT NULL,
        next_attempt_at timestamptz,
        last_reason text,
        last_attempt_at timestamptz,
        last_refresh_at timestamptz,
        last_used_at timestamptz,
        retired_at timestamptz,
        CONSTRAINT grants_pkey PRIMARY KEY (credential_id, kind)
      )`);
    await query.query(
      `CREATE INDEX grants_refused_idx ON grants (platform, mode, refused_since) WHERE refused_since IS NOT NULL`,
    );
    await query.query(`CREATE INDEX grants_expiring_idx ON grants (expires_at) WHERE retired_at IS NULL`);
    await query.query(
      `CREATE INDEX grants_failing_idx ON grants (next_attempt_at) WHERE failing_since IS NOT NULL AND retired_at IS NULL`,
    );
    await query.query(`
      CREATE TABLE refresh_breakers (
        platform text NOT NULL,
        mode text NOT NULL,
        opened_at timestamptz NOT NULL,
        next_trial_at timestamptz NOT NULL,
        CONSTRAINT refresh_breakers_pkey PRIMARY KEY (platform, mode)
      )`);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP TABLE refresh_breakers`);
    await query.query(`DROP TABLE grants`);
  }
}
