import { userDeleted } from '@musicgen/platform-contracts';
import { silentLogger, startTestNats, testDatabase, until, type TestDatabase, type TestNats } from '@musicgen/testing';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createEventTables, EventConsumer } from '../events/event-consumer';
import { createOutbox, Outbox } from '../events/outbox';
import { newId } from '../ids';
import type { ServiceDatabase } from '../persistence/service-database';
import { createUserDeletions, UserDeletions, type EraseUser } from './user-deletions';

class CreateTables1763640000000 implements MigrationInterface {
  name = 'CreateTables1763640000000';
  async up(query: QueryRunner) {
    await createOutbox(query);
    await createEventTables(query);
    await createUserDeletions(query);
  }
  async down() {}
}
const database = (service: 'auth' | 'vault'): ServiceDatabase => ({
  ...{ service, entities: [], migrations: [CreateTables1763640000000] },
});

let nats: TestNats;
let gateway: TestDatabase;
let vault: TestDatabase;
let outbox: Outbox;
const started: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  [nats, gateway, vault] = await Promise.all([
    startTestNats(),
    testDatabase(database('auth')),
    testDatabase(database('vault')),
  ]);
  outbox = new Outbox(gateway.dataSource, await nats.connect('auth'), 'auth', silentLogger);
  outbox.start();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
  await vault.dataSource.query('DELETE FROM user_deletions');
});
afterAll(async () => {
  await outbox?.stop();
  await nats?.close();
  await Promise.all([gateway?.drop(), vault?.drop()]);
});

const tell = (userId: string) => outbox.transaction((_tx, emit) => emit(userDeleted, { user_id: userId }));
const noted = (): Promise<{ user_id: string; is_put_off: boolean }[]> =>
  vault.dataSource.query(
    `SELECT user_id, not_before > heard_at + interval '9 minutes' AS is_put_off FROM user_deletions`,
  );
const makeDue = (heardMinutesAgo: number) =>
  vault.dataSource.query(`UPDATE user_deletions SET not_before = now(), heard_at = now() - $1 * interval '1 minute'`, [
    heardMinutesAgo,
  ]);

/** A replica of a service that has users' data. */
async function replica(erase: EraseUser): Promise<void> {
  const link = await nats.connect('vault');
  const events = new EventConsumer(vault.dataSource, link, 'vault', silentLogger);
  const deletions = new UserDeletions(vault.dataSource, events, silentLogger);
  deletions.start(erase);
  started.push(events, deletions);
}

it('has a deleted user’s data erased at once, and once more when what was under way has arrived', async () => {
  const erased: string[] = [];
  await replica(async (userId) => void erased.push(userId));
  const userId = newId('user');
  await tell(userId);
  await until(async () => (await noted())[0]?.is_put_off, 'the first pass');
  expect(erased).toEqual([userId]);

  await makeDue(11);
  await replica(async (userId) => void erased.push(userId));
  await until(async () => (await noted()).length === 0, 'the last pass');
  expect(erased).toEqual([userId, userId]);
});

it('tries until it is done: a failure, and a process that ended in the middle, lose nothing', async () => {
  let tries = 0;
  await replica(() => {
    tries++;
    return Promise.reject(new Error('the storage is away'));
  });
  const userId = newId('user');
  await tell(userId);
  await until(() => tries === 1);
  expect(await noted()).toEqual([{ user_id: userId, is_put_off: false }]);
  await Promise.all(started.splice(0).map((one) => one.stop()));

  await makeDue(1);
  const erased: string[] = [];
  await replica(async (id) => void erased.push(id));
  await until(async () => (await noted())[0]?.is_put_off);
  expect(erased).toEqual([userId]);
});
