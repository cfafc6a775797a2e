import { createUserDeletions } from '@musicgen/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose data is still to be deleted. */
export class CreateUserDeletions1763640000005 implements MigrationInterface {
  name = 'CreateUserDeletions1763640000005';

  up(query: QueryRunner) {
    return createUserDeletions(query);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP TABLE user_deletions`);
  }
}
