import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when checks that nobody asked for find a credential to be no good, while that is not believed. */
export class AddRefusedSince1763640000009 implements MigrationInterface {
  name = 'AddRefusedSince1763640000009';

  async up(query: QueryRunner) {
    await query.query(`ALTER TABLE revalidations ADD refused_since timestamptz`);
    await query.query(
      `CREATE INDEX revalidations_refused_idx ON revalidations (refused_since) WHERE refused_since IS NOT NULL`,
    );
  }

  async down(query: QueryRunner) {
    await query.query(`ALTER TABLE revalidations DROP COLUMN refused_since`);
  }
}
