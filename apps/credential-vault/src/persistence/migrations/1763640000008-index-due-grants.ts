import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is due is asked for every few seconds by every replica: never by reading all grants. */
export class IndexDueGrants1763640000008 implements MigrationInterface {
  name = 'IndexDueGrants1763640000008';

  async up(query: QueryRunner) {
    await query.query(
      `CREATE INDEX grants_unfinished_idx ON grants (credential_id) WHERE pending IS NOT NULL OR intent_at IS NOT NULL`,
    );
    await query.query(`CREATE INDEX grants_used_idx ON grants (last_used_at) WHERE retired_at IS NULL`);
    await query.query(`CREATE INDEX grants_reauth_idx ON grants (reauth_due_at) WHERE retired_at IS NULL`);
    await query.query(`CREATE INDEX grants_retired_idx ON grants (retired_at) WHERE retired_at IS NOT NULL`);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP INDEX grants_unfinished_idx, grants_used_idx, grants_reauth_idx, grants_retired_idx`);
  }
}
