import { makePrincipal, until } from '@musicgen/testing';
import type { Principal } from '@musicgen/platform-contracts';
import { makeAsked, makeCall } from '../../test/factories';
import { renderForEver, type Replica } from '../../test/replica';
import { makeWorld, untilStatus, type World } from '../../test/world';

let world: World;
beforeAll(async () => (world = await makeWorld()));
afterEach(() => world.reset());
afterAll(() => world?.close());

const create = async (replica: Replica, principal: Principal) =>
  (await replica.generations.create({ ...makeCall(), principal }, makeAsked())).id;
const left = (table: string, { user_id }: Principal) =>
  world.ask(`SELECT * FROM ${table} WHERE user_id = $1`, [user_id]);
const tables = ['generations', 'artefacts', 'generation_events', 'quota_days', 'jobs'];

it('removes a user’s generations of both modes with files, jobs and quota, and nobody else’s', async () => {
  const replica = await world.replica();
  replica.work();
  const [owner, other] = [makePrincipal(), makePrincipal()];
  const made = [
    await create(replica, owner),
    await create(replica, { ...owner, mode: 'test' }),
    await create(replica, other),
  ];
  const whose = [owner, { ...owner, mode: 'test' as const }, other];
  for (const [index, id] of made.entries()) await untilStatus(replica, whose[index]!, id, 'succeeded');
  await replica.erasure.erase(owner.user_id);
  for (const table of tables) expect({ table, rows: await left(table, owner) }).toEqual({ table, rows: [] });
  for (const table of tables) expect((await left(table, other)).length).toBeGreaterThan(0);
  const files = await world.files('storage');
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !file.includes(made[2]!))).toEqual([]);
});

it('cancels what is queued and what is being made, wherever it runs; nothing is left when its worker has stopped', async () => {
  const api = await world.replica();
  const worker = await world.replica({ render: renderForEver });
  const owner = makePrincipal({ tier: 'free' });
  const running = await create(api, owner);
  worker.work();
  await untilStatus(api, owner, running, 'composing');
  await create(api, owner);
  await api.erasure.erase(owner.user_id);
  expect(await left('generations', owner)).toEqual([]);
  await until(async () => {
    const jobs = await world.ask<{ state: string }>(`SELECT state FROM jobs WHERE user_id = $1`, [owner.user_id]);
    return jobs.every(({ state }) => state === 'canceled');
  }, 'the worker to stop');
  // The last pass, when what was under way has ended.
  await api.erasure.erase(owner.user_id);
  for (const table of tables) expect({ table, rows: await left(table, owner) }).toEqual({ table, rows: [] });
  expect(await world.files('storage')).toEqual([]);
});

it('finds files again that a crash has left beside their row', async () => {
  const replica = await world.replica();
  replica.work();
  const owner = makePrincipal();
  const id = await create(replica, owner);
  await untilStatus(replica, owner, id, 'succeeded');
  const removeAll = replica.storage.removeAll.bind(replica.storage);
  replica.storage.removeAll = () => Promise.reject(new Error('the disk is away'));
  await expect(replica.erasure.erase(owner.user_id)).rejects.toThrow('the disk is away');
  expect(await left('generations', owner)).toHaveLength(1);
  replica.storage.removeAll = removeAll;
  await replica.erasure.erase(owner.user_id);
  expect(await left('generations', owner)).toEqual([]);
  expect(await world.files('storage')).toEqual([]);
});
