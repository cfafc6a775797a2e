import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often a credential's secrets have been changed: they are bound to it, so that none of yesterday's can be put back. */
export class AddSecretsVersion1763640000007 implements MigrationInterface {
  name = 'AddSecretsVersion1763640000007';

  async up(query: QueryRunner) {
    await query.query(`ALTER TABLE credentials ADD secrets_version integer NOT NULL DEFAULT 0`);
    await query.query(`ALTER TABLE credentials ALTER secrets_version DROP DEFAULT`);
  }

  async down(query: QueryRunner) {
    await query.query(`ALTER TABLE credentials DROP COLUMN secrets_version`);
  }
}
