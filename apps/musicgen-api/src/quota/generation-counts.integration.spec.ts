import { testDatabase, type TestDatabase } from '@musicgen/testing';
import { makeGeneration } from '../../test/factories';
import type { Generation } from '../generations/generation.entity';
import { GenerationsStore } from '../generations/generations.store';
import { database } from '../persistence/data-source';
import { GenerationCountsStore } from './generation-counts.store';

let db: TestDatabase;
let counts: GenerationCountsStore;
beforeAll(async () => {
  db = await testDatabase(database);
  counts = new GenerationCountsStore(db.dataSource);
});
afterAll(() => db?.drop());

const KEY = 'key_01KA3V5T9ZXJ8Q4N6M2R7W1YBC';
const november = { from: '2026-11-01', to: '2026-11-30' };

async function store(owner: Generation, overrides: Partial<Generation>): Promise<void> {
  const { artefacts: _, ...generation } = makeGeneration({ userId: owner.userId, mode: owner.mode, ...overrides });
  await db.dataSource.transaction((tx) => new GenerationsStore(db.dataSource).insert(tx, generation));
}

it('counts generations by day, key and outcome, newest day first', async () => {
  const owner = makeGeneration();
  for (const status of ['succeeded', 'succeeded', 'failed', 'canceled', 'queued', 'composing'] as const) {
    await store(owner, { status, keyId: KEY });
  }
  await store(owner, { status: 'succeeded', quotaDay: '2026-11-21' });
  expect(await counts.list(owner, november)).toEqual([
    { day: '2026-11-21', key_id: null, outcome: 'succeeded', generations: 1 },
    { day: '2026-11-20', key_id: KEY, outcome: 'succeeded', generations: 2 },
    { day: '2026-11-20', key_id: KEY, outcome: 'unfinished', generations: 2 },
    { day: '2026-11-20', key_id: KEY, outcome: 'canceled', generations: 1 },
    { day: '2026-11-20', key_id: KEY, outcome: 'failed', generations: 1 },
  ]);
});

it('counts the days and the key that are asked for, and nobody else’s', async () => {
  const owner = makeGeneration();
  await store(owner, { quotaDay: '2026-11-19' });
  await store(owner, { keyId: KEY });
  await store(makeGeneration(), {});
  const of = async (asked: Pick<Generation, 'userId' | 'mode'>, range: object = {}) =>
    (await counts.list(asked, { ...november, ...range })).map(({ day, key_id: key }) => [day, key]);
  expect(await of(owner)).toEqual([
    ['2026-11-20', KEY],
    ['2026-11-19', null],
  ]);
  expect(await of(owner, { to: '2026-11-19' })).toEqual([['2026-11-19', null]]);
  expect(await of(owner, { key_id: KEY })).toEqual([['2026-11-20', KEY]]);
  expect(await of({ ...owner, mode: 'test' })).toEqual([]);
});
