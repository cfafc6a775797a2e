import type { GenerationRequest, Principal } from '@musicgen/platform-contracts';
import { makePrincipal } from '@musicgen/testing';
import fs from 'node:fs/promises';
import { makeAsked, makeCall } from '../../test/factories';
import { renderAtOnce, type Replica } from '../../test/replica';
import { makeWorld, tiersWith, untilStatus, type World } from '../../test/world';

let world: World;
beforeAll(async () => (world = await makeWorld()));
afterEach(() => world.reset());
afterAll(() => world?.close());

const request = { seed: 7, formats: ['wav', 'mp3'], stems: true, tempo: 90 } satisfies Partial<GenerationRequest>;
const ask = async (replica: Replica, owner: Principal, changes: Partial<GenerationRequest> = {}) => {
  const asked = makeAsked({ ...request, ...changes });
  return replica.generations.create({ ...makeCall(), principal: owner }, asked);
};
const left = async (replica: Replica, owner: Principal) => (await replica.usage.get(owner)).generations_remaining;
const jobs = async () => (await world.ask<{ n: number }>('SELECT count(*)::int AS n FROM jobs'))[0]!.n;

/** Made once by a worker that is gone now: what succeeds afterwards is a repeat. */
async function madeBefore(owner: Principal, changes: Partial<GenerationRequest> = {}) {
  const worker = await world.replica();
  worker.work();
  const { id } = await ask(worker, owner, changes);
  const first = await untilStatus(worker, owner, id, 'succeeded');
  await worker.stop();
  return first;
}

describe('a request with a seed that its user had before', () => {
  it('is answered at once, as a new generation with files of its own and the same bytes, for one of the day', async () => {
    const owner = makePrincipal();
    const first = await madeBefore(owner);
    const replica = await world.replica();
    const again = await ask(replica, owner, { metadata: { shop: '7' } });
    expect(again).toMatchObject({ status: 'succeeded', usage: { generations: 1 }, metadata: { shop: '7' } });
    expect(again.id).not.toBe(first.id);
    for (const field of ['artefacts', 'analysis', 'interpretation', 'seed', 'engine_version', 'bank_sha256'] as const) {
      expect(again[field]).toEqual(first[field]);
    }
    expect(await left(replica, owner)).toBe(498);
    expect(await jobs()).toBe(1);
    const keys = (await replica.artefacts.list(owner, again.id)).files.map(({ key }) => key);
    const stored = await world.files('storage');
    for (const key of keys) expect(stored.some((file) => file.endsWith(key))).toBe(true);
    expect(keys.every((key) => key.startsWith(`generations/${again.id}/`))).toBe(true);
    expect((await replica.artefacts.provenance(owner, again.id)).statement.generation_id).toBe(again.id);
    await replica.generations.delete(owner, first.id);
    expect(await replica.artefacts.find(owner, { id: again.id, kind: 'mix' })).toMatchObject({ bytes: 7 });
  });

  it('is told of like any other: by events and to other services', async () => {
    const owner = makePrincipal();
    await madeBefore(owner);
    const replica = await world.replica();
    const { id } = await ask(replica, owner);
    const { data, is_over: isOver } = await replica.generations.listEvents(owner, { id, after: 0 });
    expect(data.map(({ number, type, data }) => [number, type, 'status' in data && data.status])).toEqual([
      [1, 'status', 'queued'],
      [2, 'status', 'succeeded'],
      [3, 'done', 'succeeded'],
    ]);
    expect(isOver).toBe(true);
    const outbox = await world.ask('SELECT subject FROM outbox WHERE payload->>$1 = $2', ['generation_id', id]);
    expect(outbox).toEqual([{ subject: 'musicgen.v1.event.generation.succeeded' }]);
    await expect(replica.generations.cancel(owner, id)).rejects.toMatchObject({ code: 'GENERATION_FINISHED' });
  });

  it('may name the formats in another order, and a model that chose the seed itself', async () => {
    const owner = makePrincipal();
    const { seed } = await madeBefore(owner, { seed: undefined });
    const again = await ask(await world.replica(), owner, { seed, formats: ['mp3', 'wav'] });
    expect(again.status).toBe('succeeded');
  });

  it.each([
    ['another seed', { seed: 8 }],
    ['no seed', { seed: undefined }],
    ['another tempo', { tempo: 91 }],
    ['another title, which stands in the files', { title: 'Sea' }],
    ['other formats', { formats: ['wav'] as const }],
    ['no stems', { stems: false }],
  ])('is made anew with %s', async (_, changes) => {
    const owner = makePrincipal();
    await madeBefore(owner);
    const again = await ask(await world.replica(), owner, changes as Partial<GenerationRequest>);
    expect(again.status).toBe('queued');
  });

  it('is made anew for another user and in the other mode', async () => {
    const owner = makePrincipal();
    await madeBefore(owner);
    const replica = await world.replica();
    for (const stranger of [makePrincipal(), { ...owner, mode: 'test' as const }]) {
      expect((await ask(replica, stranger)).status).toBe('queued');
    }
  });

  it.each([
    ['another version of the engine', `UPDATE generations SET engine_version = '0'`],
    ['another bank', `UPDATE generations SET bank_sha256 = 'other'`],
    ['files that have expired', `UPDATE generations SET status = 'expired'`],
  ])('is made anew after %s', async (_, change) => {
    const owner = makePrincipal();
    await madeBefore(owner);
    await world.ask(change);
    expect((await ask(await world.replica(), owner)).status).toBe('queued');
  });

  it('is made anew, and nothing is left behind, if the files turn out to be gone', async () => {
    const owner = makePrincipal();
    await madeBefore(owner);
    const files = await world.files('storage');
    await fs.rm(files.find((file) => file.endsWith('.json'))!);
    expect((await ask(await world.replica(), owner)).status).toBe('queued');
    expect(await world.files('storage')).toHaveLength(files.length - 1);
  });

  it('counts: beyond the day’s limit it is refused, and leaves no file', async () => {
    const owner = makePrincipal();
    await madeBefore(owner);
    const files = (await world.files('storage')).length;
    const replica = await world.replica({ tiers: tiersWith({ generations_per_day: 3 }) });
    const answers = await Promise.allSettled(Array.from({ length: 6 }, () => ask(replica, owner)));
    const refusals = answers.filter((answer) => answer.status === 'rejected');
    expect(refusals.map(({ reason }) => reason.code)).toEqual(Array(4).fill('QUOTA_EXCEEDED'));
    expect(await world.files('storage')).toHaveLength(files * 3);
  });

  it('is done once for the same id, also when both come at the same time', async () => {
    const owner = makePrincipal();
    await madeBefore(owner);
    const before = (await world.files('storage')).length;
    const replica = await world.replica();
    const asked = makeAsked(request);
    const create = () => replica.generations.create({ ...makeCall(), principal: owner }, asked);
    const answers = await Promise.all([create(), create(), create()]);
    expect(answers.map(({ status }) => status)).toEqual(Array(3).fill('succeeded'));
    expect(await left(replica, owner)).toBe(498);
    expect(await world.files('storage')).toHaveLength(before * 2);
    const call = makeCall();
    await expect(replica.generations.create(call, asked)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('spends nothing in test mode', async () => {
    const owner = makePrincipal({ mode: 'test' });
    await madeBefore(owner);
    const again = await ask(await world.replica({ render: renderAtOnce }), owner);
    expect(again).toMatchObject({ status: 'succeeded', usage: { generations: 0 } });
  });
});
