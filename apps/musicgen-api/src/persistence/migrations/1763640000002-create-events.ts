import { createEventTables, createOutbox } from '@musicgen/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events leave in the transaction of the change that they tell of, and others' are handled once. */
export class CreateEvents1763640000002 implements MigrationInterface {
  name = 'CreateEvents1763640000002';

  async up(query: QueryRunner) {
    await createOutbox(query);
    await createEventTables(query);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP TABLE dead_events, seen_events, outbox`);
  }
}
