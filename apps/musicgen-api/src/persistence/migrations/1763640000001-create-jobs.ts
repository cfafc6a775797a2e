import { createJobs } from '@musicgen/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The queue of generations. */
export class CreateJobs1763640000001 implements MigrationInterface {
  name = 'CreateJobs1763640000001';

  up(query: QueryRunner) {
    return createJobs(query);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP TABLE jobs`);
  }
}
