import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which keys are in use and how they are replaced; and the record of every use and change of a secret. */
export class CreateKeysAudit1763640000005 implements MigrationInterface {
  name = 'CreateKeysAudit1763640000005';

  async up(query: QueryRunner) {
    await query.query(`
      CREATE TABLE vault_keys (
        version integer CONSTRAINT vault_keys_pkey PRIMARY KEY,
        fingerprint text NOT NULL,
        canary bytea NOT NULL,
        added_at timestamptz NOT NULL
      )`);
    await query.query(`
      CREATE TABLE key_rotations (
        id text CONSTRAINT key_rotations_pkey PRIMARY KEY,
        state text NOT NULL CONSTRAINT key_rotations_state_check CHECK (state IN ('running', 'done')),
        target_version integer NOT NULL,
        total integer NOT NULL,
        done integer NOT NULL,
        failures jsonb NOT NULL,
        failed_count integer NOT NULL,
        cursor text NOT NULL,
        started_by text NOT NULL,
        started_at timestamptz NOT NULL,
        finished_at timestamptz
      )`);
    await query.query(`CREATE UNIQUE INDEX key_rotations_running_key ON key_rotations (state) WHERE state = 'running'`);
    // Version and fingerprint of the key stand at the start of what it has sealed: the census reads the index alone.
    await query.query(`CREATE INDEX credentials_key_idx ON credentials (substring(data_key FROM 2 FOR 6), id)`);
    await query.query(`
      CREATE TABLE audit (
        seq bigint CONSTRAINT audit_pkey PRIMARY KEY,
        at timestamptz NOT NULL,
        replica text NOT NULL,
        entries text NOT NULL,
        credential_ids text[] NOT NULL,
        previous_hash bytea NOT NULL,
        hash bytea NOT NULL
      )`);
    await query.query(`CREATE INDEX audit_credentials_idx ON audit USING gin (credential_ids)`);
    await query.query(`
      CREATE TABLE audit_checkpoints (
        seq bigint CONSTRAINT audit_checkpoints_pkey PRIMARY KEY,
        hash bytea NOT NULL,
        removed_at timestamptz NOT NULL
      )`);
    // The service adds to its record, and changes and removes nothing of it.
    await query.query(`REVOKE UPDATE, DELETE ON audit FROM vault`);
    await query.query(`REVOKE INSERT, UPDATE, DELETE ON audit_checkpoints FROM vault`);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP TABLE audit_checkpoints, audit`);
    await query.query(`DROP INDEX credentials_key_idx`);
    await query.query(`DROP TABLE key_rotations, vault_keys`);
  }
}
