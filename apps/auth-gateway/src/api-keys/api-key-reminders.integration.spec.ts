import { DatabaseLink, newId, Outbox, type NatsLink } from '@musicgen/service-kit';
import { silentLogger, testDatabase, type TestDatabase } from '@musicgen/testing';
import { database } from '../persistence/data-source';
import { makeApiKey } from './api-key';
import type { ApiKey } from './api-key.entity';
import { DAY_MS } from './api-key-grant';
import { newApiKeyRow } from './api-key-row';
import { ApiKeyRemindersService } from './api-key-reminders.service';
import { ApiKeyRemindersStore } from './api-key-reminders.store';
import { ApiKeysStore } from './api-keys.store';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const inDays = (days: number) => new Date(NOW + days * DAY_MS);

let db: TestDatabase;
let replicas: ApiKeyRemindersService[];
beforeAll(async () => {
  db = await testDatabase(database);
  // Its events stay in their table: nobody relays them.
  const outbox = new Outbox(db.dataSource, {} as NatsLink, 'auth', silentLogger);
  const store = new ApiKeyRemindersStore(new DatabaseLink(db.dataSource, silentLogger));
  replicas = [1, 2, 3].map(() => new ApiKeyRemindersService(store, outbox, silentLogger));
});
afterAll(() => db?.drop());
beforeEach(() => db.dataSource.query('DELETE FROM outbox; DELETE FROM api_keys'));

async function addKey(changes: Partial<ApiKey>): Promise<string> {
  const rights = { mode: 'live' as const, permissions: [], expiresAt: null, allowedIps: null, name: 'a key' };
  const row = newApiKeyRow(newId('key'), newId('user'), rights, makeApiKey('live'), NOW);
  await new ApiKeysStore(db.dataSource).insert({ ...row, ...changes });
  return row.id;
}

async function announced(): Promise<{ key_id: string; reason: string; days: number; due_at: string }[]> {
  const rows = await db.dataSource.query('SELECT payload FROM outbox ORDER BY id');
  return rows.map(({ payload }: { payload: object }) => payload);
}

const sweep = (days: number) => replicas[0]!.sweep(NOW + days * DAY_MS);

it('tells of an end 14, 3 and 1 day ahead, once each, however often it looks', async () => {
  const id = await addKey({ expiresAt: inDays(20) });
  for (let day = 0; day <= 21; day += 0.25) await sweep(day);
  const due_at = inDays(20).toISOString();
  const told = { key_id: id, reason: 'expiry', due_at, user_id: expect.stringMatching(/^user_/), mode: 'live' };
  expect(await announced()).toEqual([
    { ...told, days: 14 },
    { ...told, days: 3 },
    { ...told, days: 1 },
  ]);
});

it('tells that a rotation is due, 90 days after the key was made', async () => {
  const id = await addKey({ createdAt: inDays(-77) });
  await sweep(0);
  expect(await announced()).toEqual([
    expect.objectContaining({ key_id: id, reason: 'rotation', days: 14, due_at: inDays(13).toISOString() }),
  ]);
});

it('tells once, though every replica looks at the same time', async () => {
  const ids = await Promise.all(
    Array.from({ length: 30 }, () => addKey({ expiresAt: inDays(2), createdAt: inDays(-1) })),
  );
  await Promise.all(replicas.map((replica) => replica.sweep(NOW)));
  await sweep(0);
  expect((await announced()).map(({ key_id: id }) => id).toSorted()).toEqual(ids.toSorted());
});

it('looks at more keys than one batch holds', async () => {
  await Promise.all(Array.from({ length: 450 }, () => addKey({ expiresAt: inDays(2) })));
  await sweep(0);
  expect(await announced()).toHaveLength(450);
});

it('says nothing of keys that are over, revoked or far from their end', async () => {
  await addKey({ expiresAt: inDays(-1) });
  await addKey({ expiresAt: inDays(2), revokedAt: inDays(-1) });
  await addKey({ expiresAt: inDays(15) });
  await addKey({ createdAt: inDays(-91) });
  await addKey({});
  await sweep(0);
  expect(await announced()).toEqual([]);
});

it('tells of the end of a replaced key, and not that it should be replaced', async () => {
  const id = await addKey({ createdAt: inDays(-80), retiresAt: inDays(2), expiryAnnounced: 14 });
  await sweep(0);
  expect(await announced()).toEqual([expect.objectContaining({ key_id: id, reason: 'expiry', days: 3 })]);
});
