import { testDatabase, type TestDatabase } from '@musicgen/testing';
import { makeGeneration } from '../../test/factories';
import type { Generation } from '../generations/generation.entity';
import { GenerationsStore } from '../generations/generations.store';
import { database } from '../persistence/data-source';
import { QuotaStore } from './quota.store';

let db: TestDatabase;
let quota: QuotaStore;
beforeAll(async () => {
  db = await testDatabase(database);
  quota = new QuotaStore(db.dataSource);
});
afterAll(() => db?.drop());

const tx = <T>(work: (tx: Parameters<QuotaStore['release']>[0]) => Promise<T>) => db.dataSource.transaction(work);
const reserve = (owner: Generation, day = owner.quotaDay) => tx((t) => quota.reserve(t, owner, day, 3));
const release = ({ id, ...owner }: Generation) => tx((t) => quota.release(t, owner, id));
const left = (owner: Generation, day = owner.quotaDay) => quota.countReserved(owner, day);

/** A generation in the database, as one of two that its user has reserved. */
async function store(overrides: Partial<Generation> = {}): Promise<Generation> {
  const { artefacts: _, ...generation } = makeGeneration(overrides);
  await tx((t) => new GenerationsStore(db.dataSource).insert(t, generation));
  await reserve(generation as Generation);
  await reserve(generation as Generation);
  return generation as Generation;
}

describe('the quota of a day', () => {
  it('is reserved up to the limit, and not beyond', async () => {
    const owner = makeGeneration();
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(await reserve(owner));
    expect(answers).toEqual([true, true, true, false, false]);
    expect(await left(owner)).toBe(3);
  });

  it('is each user’s own, in each mode, and each day’s', async () => {
    const owner = makeGeneration();
    await reserve(owner);
    expect(await left(makeGeneration())).toBe(0);
    expect(await left({ ...owner, mode: 'test' })).toBe(0);
    expect(await left(owner, '2026-11-21')).toBe(0);
  });

  it('is given back once, however often it is asked for', async () => {
    const generation = await store();
    await release(generation);
    await Promise.all([release(generation), release(generation)]);
    expect(await left(generation)).toBe(1);
  });

  it('is given back to the day that it was taken from', async () => {
    const generation = await store({ quotaDay: '2026-11-19' });
    await reserve(generation, '2026-11-20');
    await release(generation);
    expect(await left(generation, '2026-11-19')).toBe(1);
    expect(await left(generation, '2026-11-20')).toBe(1);
  });

  it.each(['spent', 'released', 'none'] as const)('is not given back when it is %s', async (state) => {
    const generation = await store({ quota: state });
    await release(generation);
    expect(await left(generation)).toBe(2);
  });

  it('is not given back for somebody else’s generation', async () => {
    const generation = await store();
    const stranger = await store();
    await release({ ...stranger, id: generation.id });
    await release({ ...generation, mode: 'test' });
    expect([await left(generation), await left(stranger)]).toEqual([2, 2]);
  });
});
