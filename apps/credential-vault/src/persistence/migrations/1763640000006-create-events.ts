import { createEventTables, createUserDeletions } from '@musicgen/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Others' events are handled once; whose data is still to be deleted is noted. */
export class CreateEvents1763640000006 implements MigrationInterface {
  name = 'CreateEvents1763640000006';

  async up(query: QueryRunner) {
    await createEventTables(query);
    await createUserDeletions(query);
  }

  async down(query: QueryRunner) {
    await query.query(`DROP TABLE user_deletions, dead_events, seen_events`);
  }
}
