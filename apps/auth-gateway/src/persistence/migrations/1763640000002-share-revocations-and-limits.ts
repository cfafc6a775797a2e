import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the gateway's replicas tell each other: what was revoked, how full each bucket is, who is there. */
export class ShareRevocationsAndLimits1763640000002 implements MigrationInterface {
  name = 'ShareRevocationsAndLimits1763640000002';

  async up(query: QueryRunner) {
    await query.query(`
      CREATE TABLE revocation_sequence (
        is_only boolean CONSTRAINT revocation_sequence_pkey PRIMARY KEY CHECK (is_only),
        seq bigint NOT NULL
      )`);
    await query.query(`INSERT INTO revocation_sequence (is_only, seq) VALUES (true, 0)`);
    await query.query(`
      CREATE TABLE revocations (
        seq bigint CONSTRAINT revocations_pkey PRIMARY KEY,
        ids text[] NOT NULL,
        announced_at timestamptz NOT NULL
      )`);
    // Rows change in place many times a second: room for that in each page.
    await query.query(`
      CREATE TABLE rate_limit_buckets (
        name text CONSTRAINT rate_limit_buckets_pkey PRIMARY KEY,
        tokens float8 NOT NULL,
        updated_at float8 NOT NULL,
        full_at float8 NOT NULL,
        leases jsonb NOT NULL
      ) WITH (fillfactor = 50)`);
    await query.query(`
      CREATE TABLE gateway_replicas (
        id text CONSTRAINT gateway_replicas_pkey PRIMARY KEY,
        seen_at timestamptz NOT NULL
      )`);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP TABLE gateway_replicas, rate_limit_buckets, revocations, revocation_sequence`);
  }
}
