import { createOutbox } from '@musicgen/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events leave in the transaction of the change that they tell of. */
export class CreateOutbox1763640000001 implements MigrationInterface {
  name = 'CreateOutbox1763640000001';

  up(query: QueryRunner) {
    return createOutbox(query);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP TABLE outbox`);
  }
}
