import { AppError } from '@musicgen/error-codes';
import type { Principal } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { makePrincipal, until } from '@musicgen/testing';
import { makeAsked, makeCall } from '../../test/factories';
import { renderAtOnce, type Replica } from '../../test/replica';
import { makeWorld, tiersWith, untilStatus, type World } from '../../test/world';

const admin = makePrincipal({ role: 'admin' });

let world: World;
let replica: Replica;
let isBroken: boolean;
beforeAll(async () => (world = await makeWorld()));
beforeEach(async () => {
  isBroken = true;
  replica = await world.replica({
    tiers: tiersWith({ generations_per_day: 1 }),
    render: (task, signal) => (isBroken ? Promise.reject(new Error('broken')) : renderAtOnce(task, signal)),
  });
});
afterEach(() => world.reset());
afterAll(() => world?.close());

const list = async (page: object = {}) => (await replica.deadJobs.list(admin, { limit: 10, ...page })).data;
const remaining = async (owner: Principal) => (await replica.usage.get(owner)).generations_remaining;

/** A generation whose five tries have failed. */
async function deadOf(owner: Principal) {
  const { id } = await replica.generations.create({ ...makeCall(), principal: owner }, makeAsked());
  replica.work();
  await until(async () => {
    await world.ask(`UPDATE jobs SET not_before = now() WHERE resource_id = $1`, [id]);
    return (await replica.generations.get(owner, id)).status === 'failed';
  }, 'five tries to fail');
  const job = (await list()).find(({ resource_id }) => resource_id === id)!;
  return { id, jobId: job.id, job };
}

it('are an administrator’s to see and to requeue', async () => {
  const refused = { code: 'INSUFFICIENT_PERMISSIONS' };
  await expect(replica.deadJobs.list(makePrincipal(), { limit: 1 })).rejects.toMatchObject(refused);
  await expect(replica.deadJobs.requeue(makePrincipal(), newId('job'))).rejects.toMatchObject(refused);
  await expect(replica.deadJobs.requeue(admin, newId('job'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('make the generation that failed when they are requeued, for one unit of its user’s day', async () => {
  const owner = makePrincipal();
  const { id, jobId, job } = await deadOf(owner);
  expect(job).toMatchObject({ kind: 'generation', user_id: owner.user_id, attempts: 5, problem: 'INTERNAL_ERROR' });
  expect(await remaining(owner)).toBe(1);
  isBroken = false;
  await replica.deadJobs.requeue(admin, jobId);
  await untilStatus(replica, owner, id, 'succeeded');
  expect(await replica.generations.get(owner, id)).toMatchObject({ error: null, status: 'succeeded' });
  expect(await remaining(owner)).toBe(0);
  expect(await list()).toEqual([]);
  await expect(replica.deadJobs.requeue(admin, jobId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('tell whoever follows the generation that it goes on', async () => {
  const owner = makePrincipal();
  const { id, jobId } = await deadOf(owner);
  const before = await replica.generations.listEvents(owner, { id, after: 0 });
  expect(before).toMatchObject({ is_over: true });
  const last = before.data.at(-1)!.number;
  await replica.deadJobs.requeue(admin, jobId);
  const { data } = await replica.generations.listEvents(owner, { id, after: last });
  expect(data[0]).toMatchObject({ number: last + 1, type: 'status', data: { status: 'queued' } });
});

it('stay dead when the user has no unit left, and nothing is taken', async () => {
  const owner = makePrincipal();
  const { id, jobId } = await deadOf(owner);
  isBroken = false;
  const other = makeAsked();
  await replica.generations.create({ ...makeCall(), principal: owner }, other);
  await untilStatus(replica, owner, other.id, 'succeeded');
  await expect(replica.deadJobs.requeue(admin, jobId)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
  expect(await replica.generations.get(owner, id)).toMatchObject({ status: 'failed' });
  expect((await list()).map(({ id }) => id)).toEqual([jobId]);
});

it('whose generation was deleted stay dead, and say so', async () => {
  const owner = makePrincipal();
  const { id, jobId } = await deadOf(owner);
  await replica.generations.delete(owner, id);
  const gone = replica.deadJobs.requeue(admin, jobId);
  await expect(gone).rejects.toBeInstanceOf(AppError);
  await expect(gone).rejects.toMatchObject({ code: 'CONFLICT', details: 'Its generation is gone' });
});
