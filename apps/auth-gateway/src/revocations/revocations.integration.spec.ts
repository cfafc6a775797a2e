import {
  startProxy,
  testDatabase,
  silentLogger,
  until,
  type CuttableProxy,
  type TestDatabase,
} from '@musicgen/testing';
import { dataSourceOptions, type LiveEvents } from '@musicgen/service-kit';
import { DataSource } from 'typeorm';
import { database } from '../persistence/data-source';
import { Revocations } from './revocations.service';
import { RevocationsStore } from './revocations.store';

let test: TestDatabase;
let proxy: CuttableProxy;
const sources: DataSource[] = [];
const replicas: Revocations[] = [];

beforeAll(async () => {
  test = await testDatabase(database);
  proxy = await startProxy(test.url);
});
afterEach(() => replicas.splice(0).forEach((replica) => replica.onModuleDestroy()));
afterAll(async () => {
  await Promise.all(sources.map((source) => source.destroy()));
  await proxy.cut();
  await test.drop();
});

/** A replica that no NATS tells anything. */
async function startReplica(url = test.url) {
  const source = await new DataSource(dataSourceOptions(database, url, 3)).initialize();
  sources.push(source);
  const published: string[][] = [];
  const live = {
    publish: (_: unknown, { ids }: { ids: string[] }) => void published.push(ids),
    subscribe: () => undefined,
  };
  const revocations = new Revocations(new RevocationsStore(source), live as unknown as LiveEvents, silentLogger);
  const heard: (string | null)[] = [];
  revocations.onChange((id) => heard.push(id));
  revocations.onApplicationBootstrap();
  replicas.push(revocations);
  await until(() => revocations.version() !== null, 'the sequence to be read');
  heard.length = 0;
  return { source, revocations, heard, published };
}

it('tells every replica, without NATS, each id once it is committed', async () => {
  const [one, other] = [await startReplica(), await startReplica()];
  await one.source.transaction(async (tx) => {
    await one.revocations.announce(tx, { keys: ['key_1'], users: ['user_1'] });
    expect(one.heard).toEqual([]);
    expect(one.published).toEqual([]);
  });
  // Its own reading of the sequence may have told it already.
  expect([...new Set(one.heard)]).toEqual(['key_1', 'user_1']);
  expect(one.published).toEqual([['key_1', 'user_1']]);
  await until(() => other.heard.length > 0, 'the other replica to hear of it');
  expect(other.heard).toEqual(['key_1', 'user_1']);
});

it('tells nobody of what was rolled back, and of what is announced in a savepoint when all is committed', async () => {
  const one = await startReplica();
  const rolledBack = one.source.transaction(async (tx) => {
    await one.revocations.announce(tx, { keys: ['key_2'] });
    throw new Error('no');
  });
  await expect(rolledBack).rejects.toThrow('no');
  await one.source.transaction(async (tx) => {
    await tx.transaction((inner) => one.revocations.announce(inner, { keys: ['key_3'] }));
    expect(one.published).toEqual([]);
  });
  expect(one.published).toEqual([['key_3']]);
});

it('misses none of those that are announced at once', async () => {
  const [one, other] = [await startReplica(), await startReplica()];
  const ids = Array.from({ length: 20 }, (_, index) => `key_at_once_${index}`);
  const announce = (id: string) => one.source.transaction((tx) => one.revocations.announce(tx, { keys: [id] }));
  await Promise.all(ids.map(announce));
  await until(() => ids.every((id) => other.heard.includes(id)), 'the other replica to hear of all');
});

it('forgets everything when it cannot be told one by one: the database was restored', async () => {
  const one = await startReplica();
  await one.source.query('DELETE FROM revocations');
  await one.source.query('UPDATE revocation_sequence SET seq = seq + 5');
  await until(() => one.heard.includes(null), 'the gap to be seen');
  one.heard.length = 0;
  await one.source.query('UPDATE revocation_sequence SET seq = 0');
  await until(() => one.heard.includes(null), 'the step back to be seen');
});

it('holds from memory while Postgres is away, and not before the sequence was read once', async () => {
  const { revocations, source } = await startReplica(proxy.url);
  expect(revocations.holds()).toBe(true);
  await proxy.cut();
  // More readings than what was read last lasts for.
  let failed = 0;
  source.query = () => Promise.reject(new Error(`away ${++failed}`));
  await until(() => failed > 3, 'the sequence to be missed');
  expect(revocations.holds()).toBe(true);

  const never = new Revocations({ read: () => Promise.reject(new Error('away')) } as never, {} as never, silentLogger);
  await never.refresh();
  expect(never.holds()).toBe(false);
});
