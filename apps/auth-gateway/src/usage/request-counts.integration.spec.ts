import { DatabaseLink, newId } from '@musicgen/service-kit';
import { makePrincipal, silentLogger, testDatabase, type TestDatabase } from '@musicgen/testing';
import type { Principal } from '@musicgen/platform-contracts';
import { makeApiKey } from '../api-keys/api-key';
import { newApiKeyRow } from '../api-keys/api-key-row';
import { ApiKeysStore } from '../api-keys/api-keys.store';
import { database } from '../persistence/data-source';
import { RequestCounts } from './request-counts';
import { RequestCountsStore } from './request-counts.store';

const NOW = Date.parse('2026-11-20T23:59:59.000Z');
const november = { from: '2026-11-01', to: '2026-11-30' };

let db: TestDatabase;
let store: RequestCountsStore;
beforeAll(async () => {
  db = await testDatabase(database);
  store = new RequestCountsStore(new DatabaseLink(db.dataSource, silentLogger));
});
afterAll(() => db?.drop());

async function userWithKey(): Promise<Principal & { key_id: string }> {
  const principal = { ...makePrincipal({ method: 'api_key' }), key_id: newId('key') };
  const rights = { mode: 'live' as const, permissions: [], expiresAt: null, allowedIps: null, name: 'a key' };
  await new ApiKeysStore(db.dataSource).insert(
    newApiKeyRow(principal.key_id, principal.user_id, rights, makeApiKey('live'), NOW),
  );
  return principal;
}
const lastUsed = async (who: Principal & { key_id: string }) =>
  (await new ApiKeysStore(db.dataSource).find(who, who.key_id))!.lastUsedAt?.getTime();

it('counts requests by day, key, route and status class', async () => {
  const who = await userWithKey();
  const counts = new RequestCounts();
  counts.add(who, 'GET /v1/models', 200, NOW);
  counts.add(who, 'GET /v1/models', 204, NOW);
  counts.add(who, 'GET /v1/models', 404, NOW);
  counts.add({ ...who, key_id: undefined }, 'GET /v1/models', 200, NOW);
  counts.add(who, 'GET /v1/models', 200, NOW + 1_000);
  await store.add(counts.take());
  const models = { route: 'GET /v1/models', key_id: who.key_id };
  expect(await store.list(who, november)).toEqual([
    { ...models, day: '2026-11-21', status_class: '2xx', requests: 1 },
    { ...models, day: '2026-11-20', status_class: '2xx', requests: 2 },
    { ...models, day: '2026-11-20', status_class: '4xx', requests: 1 },
    { ...models, day: '2026-11-20', status_class: '2xx', requests: 1, key_id: null },
  ]);
  expect(await store.list(who, { ...november, from: '2026-11-21' })).toHaveLength(1);
  expect(await store.list(who, { ...november, key_id: newId('key') })).toEqual([]);
  expect(await store.list({ ...who, mode: 'test' }, november)).toEqual([]);
  expect(await store.list(makePrincipal(), november)).toEqual([]);
});

it('adds up what several replicas count at the same time, and loses none', async () => {
  const who = await Promise.all(Array.from({ length: 5 }, userWithKey));
  const replica = async (order: typeof who) => {
    for (let round = 0; round < 5; round++) {
      const counts = new RequestCounts();
      for (const one of order) for (const route of ['a', 'b']) counts.add(one, route, 200, NOW + round);
      await store.add(counts.take());
    }
  };
  await Promise.all([replica(who), replica(who.toReversed()), replica(who)]);
  for (const one of who) {
    const rows = await store.list(one, november);
    expect(rows.map(({ requests }) => requests)).toEqual([15, 15]);
  }
});

it('never moves the last use of a key back, whichever replica stores last', async () => {
  const who = await userWithKey();
  for (const at of [NOW, NOW + 5_000, NOW - 5_000]) {
    const counts = new RequestCounts();
    counts.add(who, 'a', 200, at);
    await store.add(counts.take());
  }
  expect(await lastUsed(who)).toBe(NOW + 5_000);
});

it('keeps what could not be stored for the next time', () => {
  const counts = new RequestCounts();
  const who = makePrincipal({ key_id: newId('key') });
  counts.add(who, 'a', 200, NOW);
  const taken = counts.take();
  counts.add(who, 'a', 200, NOW - 1);
  counts.giveBack(taken);
  const again = counts.take();
  expect(again.counts).toMatchObject([{ requests: 2 }]);
  expect([...again.lastUsed.values()]).toEqual([NOW]);
  expect(counts.take()).toEqual({ counts: [], lastUsed: new Map() });
});

it('holds a bounded number of kinds in memory, and goes on counting those that it holds', () => {
  const counts = new RequestCounts(2);
  const who = makePrincipal();
  for (const route of ['a', 'b', 'c', 'a']) counts.add(who, route, 200, NOW);
  expect(counts.take().counts).toMatchObject([{ route: 'a', requests: 2 }, { route: 'b' }]);
});

it('removes what is more than a year old', async () => {
  const who = await userWithKey();
  const counts = new RequestCounts();
  counts.add(who, 'a', 200, Date.parse('2020-01-01T00:00:00Z'));
  counts.add(who, 'a', 200, Date.now());
  await store.add(counts.take());
  expect(await store.sweep()).toBe(false);
  expect(await store.list(who, { from: '2020-01-01', to: '2999-01-01' })).toHaveLength(1);
});
