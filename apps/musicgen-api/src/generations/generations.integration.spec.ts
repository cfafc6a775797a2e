import type { Principal } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { makePrincipal } from '@musicgen/testing';
import { makeAsked, makeCall } from '../../test/factories';
import type { Replica } from '../../test/replica';
import { makeWorld, untilStatus, type World } from '../../test/world';

let world: World;
let replica: Replica;
beforeAll(async () => (world = await makeWorld()));
beforeEach(async () => (replica = await world.replica()));
afterEach(() => world.reset());
afterAll(() => world?.close());

const create = async (principal: Principal, request: Parameters<typeof makeAsked>[0] = {}) =>
  (await replica.generations.create({ ...makeCall(), principal }, makeAsked(request))).id;
const ids = ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id);

describe('generations of somebody', () => {
  it('are not found by another user, nor in the other mode, whatever is asked of them', async () => {
    const owner = makePrincipal();
    replica.work();
    const id = await create(owner);
    await untilStatus(replica, owner, id, 'succeeded');
    for (const stranger of [makePrincipal(), makePrincipal({ ...owner, mode: 'test' })]) {
      const answers = await Promise.allSettled([
        replica.generations.get(stranger, id),
        replica.generations.cancel(stranger, id),
        replica.generations.delete(stranger, id),
        replica.artefacts.find(stranger, { id, kind: 'mix' }),
      ]);
      for (const answer of answers) {
        expect(answer).toMatchObject({
          status: 'rejected',
          reason: { code: 'NOT_FOUND', message: 'There is nothing here' },
        });
      }
      expect((await replica.generations.list(stranger, { limit: 10 })).data).toEqual([]);
    }
    expect(await replica.generations.get(owner, id)).toMatchObject({ status: 'succeeded' });
  });

  it('are listed newest first, page by page, each once', async () => {
    const owner = makePrincipal();
    const all: string[] = [];
    for (let i = 0; i < 5; i++) all.unshift(await create(owner));
    const first = await replica.generations.list(owner, { limit: 2 });
    const second = await replica.generations.list(owner, { limit: 2, cursor: first.next_cursor! });
    const third = await replica.generations.list(owner, { limit: 2, cursor: second.next_cursor! });
    expect([first, second, third].flatMap(ids)).toEqual(all);
    expect(third.next_cursor).toBeNull();
  });

  it('are found by status, model and words, which are taken as they are', async () => {
    const owner = makePrincipal();
    const rain = await create(owner, { prompt: 'Rain, 100% calm' });
    const sea = await create(owner, { prompt: 'x', title: 'The Sea', model: 'plain-1' });
    await replica.generations.cancel(owner, sea);
    const list = async (filter: object) => ids(await replica.generations.list(owner, { limit: 10, ...filter }));
    expect(await list({ status: 'queued' })).toEqual([rain]);
    expect(await list({ status: 'canceled', q: 'sea' })).toEqual([sea]);
    expect(await list({ model: 'plain-1' })).toEqual([sea]);
    expect(await list({ q: 'rain' })).toEqual([rain]);
    expect(await list({ q: '0% c' })).toEqual([rain]);
    expect(await list({ q: '%' })).toEqual([rain]);
    expect(await list({ q: '_' })).toEqual([]);
    expect(await list({ q: '\\' })).toEqual([]);
  });

  it('have cursors that are theirs: anything else is refused by name', async () => {
    const list = replica.generations.list(makePrincipal(), { limit: 1, cursor: "' OR 1=1 --" });
    await expect(list).rejects.toMatchObject({ code: 'VALIDATION_FAILED', data: { fields: [{ path: 'cursor' }] } });
  });

  it('are gone with their files when they are deleted, and then NOT_FOUND', async () => {
    const owner = makePrincipal();
    replica.work();
    const [id, other] = [await create(owner), await create(owner)];
    await untilStatus(replica, owner, id, 'succeeded');
    await untilStatus(replica, owner, other, 'succeeded');
    await replica.generations.delete(owner, id);
    await expect(replica.generations.get(owner, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(replica.generations.delete(owner, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const files = await world.files('storage');
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => file.includes(id))).toEqual([]);
    expect((await replica.usage.get(owner)).generations_remaining).toBe(498);
  });
});

describe('a file of a generation', () => {
  const find = (principal: Principal, id: string, which: object) =>
    replica.artefacts.find(principal, { id, kind: 'mix', ...which });

  it('is the mix in the first format that was asked for, unless one is named', async () => {
    const owner = makePrincipal();
    replica.work();
    const id = await create(owner, { formats: ['ogg', 'wav'], stems: true, title: 'The Sea' });
    await untilStatus(replica, owner, id, 'succeeded');
    const key = expect.stringMatching(`^generations/${id}/1/`);
    expect(await find(owner, id, {})).toMatchObject({ key, content_type: 'audio/ogg', filename: 'the-sea.ogg' });
    expect(await find(owner, id, { format: 'wav' })).toMatchObject({ content_type: 'audio/wav', bytes: 7 });
    expect(await find(owner, id, { kind: 'stem', name: 'drums' })).toMatchObject({ filename: 'the-sea-drums.wav' });
    expect(await find(owner, id, { kind: 'waveform' })).toMatchObject({ content_type: 'application/json' });
  });

  it('is not found when it was not made, and says so', async () => {
    const owner = makePrincipal();
    replica.work();
    const id = await create(owner, { formats: ['wav'] });
    await untilStatus(replica, owner, id, 'succeeded');
    const missing = (details: string) => ({ code: 'NOT_FOUND', details });
    await expect(find(owner, id, { kind: 'midi' })).rejects.toMatchObject(missing('It was asked for without "midi"'));
    await expect(find(owner, id, { kind: 'stem', name: 'bass' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(find(owner, newId('gen'), {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is GENERATION_NOT_READY before, and GONE when its time is over', async () => {
    const owner = makePrincipal();
    const id = await create(owner);
    await expect(find(owner, id, {})).rejects.toMatchObject({ code: 'GENERATION_NOT_READY' });
    replica.work();
    await untilStatus(replica, owner, id, 'succeeded');
    await world.ask(`UPDATE generations SET status = 'expired' WHERE id = $1`, [id]);
    await expect(find(owner, id, {})).rejects.toMatchObject({ code: 'GONE' });
  });
});
