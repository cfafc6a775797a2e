import { newId } from '@musicgen/service-kit';
import type { GenerationRequest, Principal } from '@musicgen/platform-contracts';
import { makePrincipal } from '@musicgen/testing';
import { makeAsked, makeCall } from '../../test/factories';
import { renderAtOnce, type Replica } from '../../test/replica';
import { makeWorld, untilStatus, type World } from '../../test/world';
import type { RenderRequest } from '../engines/engine';

let world: World;
beforeAll(async () => (world = await makeWorld()));
afterEach(() => world.reset());
afterAll(() => world?.close());

let rendered: RenderRequest[] = [];
beforeEach(() => (rendered = []));

const start = async () => {
  const replica = await world.replica({
    render: (task, signal) => {
      rendered.push(task.request);
      return renderAtOnce(task, signal);
    },
  });
  replica.work();
  return replica;
};
const ask = (replica: Replica, owner: Principal, request: Partial<GenerationRequest>) =>
  replica.generations.create({ ...makeCall(), principal: owner }, makeAsked(request));
async function make(replica: Replica, owner: Principal, request: Partial<GenerationRequest>) {
  const { id } = await ask(replica, owner, request);
  return untilStatus(replica, owner, id, 'succeeded');
}
const refusal = (path: string, problem: unknown = expect.any(String)) => ({
  code: 'VALIDATION_FAILED',
  data: { fields: [{ path, problem }] },
});

const original = { prompt: 'Pop song', duration: 3, seed: 5, key: 'A minor', instruments: ['piano'] };

describe('a variation', () => {
  it('is the original’s request with another seed, told that it varies', async () => {
    const [replica, owner] = [await start(), makePrincipal()];
    const { id } = await make(replica, owner, original);
    const variation = await make(replica, owner, { prompt: 'again', variation_of: id, seed: 6, title: 'Take two' });
    const { id: _, title, ...first } = rendered[0]!;
    expect(rendered[1]).toEqual({ ...first, id: variation.id, title: 'Take two', seed: 6, variationOf: { seed: 5 } });
    expect(title).toBeUndefined();
    expect(variation).toMatchObject({ prompt: 'Pop song', duration: 3, request: { variation_of: id } });
  });

  it('of a variation varies what that one varied', async () => {
    const [replica, owner] = [await start(), makePrincipal()];
    const { id } = await make(replica, owner, original);
    const second = await make(replica, owner, { variation_of: id, seed: 6 });
    await make(replica, owner, { variation_of: second.id, seed: 7 });
    expect(rendered[2]).toMatchObject({ seed: 7, variationOf: { seed: 5 }, prompt: 'Pop song' });
  });

  it('may repeat what the original says, and is refused what it does not', async () => {
    const [replica, owner] = [await start(), makePrincipal()];
    const { id } = await make(replica, owner, original);
    await ask(replica, owner, { variation_of: id, key: 'A minor', instruments: ['piano'] });
    const wrong = ask(replica, owner, { variation_of: id, key: 'C major', tempo: 90 });
    await expect(wrong).rejects.toMatchObject({ data: { fields: [{ path: 'tempo' }, { path: 'key' }] } });
  });
});

describe('an extension', () => {
  it('has its own length and knows the whole request of the piece before, also when that is deleted meanwhile', async () => {
    const [replica, owner] = [await start(), makePrincipal()];
    const { id } = await make(replica, owner, original);
    const paused = await world.replica();
    await replica.stop();
    const next = await ask(paused, owner, { prompt: 'go on', duration: 9, extend_of: id, seed: 6 });
    await paused.generations.delete(owner, id);
    const worker = await start();
    await untilStatus(worker, owner, next.id, 'succeeded');
    expect(rendered[1]).toMatchObject({ prompt: 'go on', duration: 9, seed: 6, extensionOf: rendered[0] });
  });

  it('of an extension goes on with both, and so on, up to eight', async () => {
    const [replica, owner] = [await start(), makePrincipal()];
    let { id } = await make(replica, owner, original);
    for (let i = 0; i < 8; i++) ({ id } = await make(replica, owner, { extend_of: id, seed: i }));
    expect(rendered[2]!.extensionOf).toEqual(rendered[1]);
    await expect(ask(replica, owner, { extend_of: id })).rejects.toMatchObject(refusal('extend_of'));
  });

  it('is refused what is the other piece’s to say', async () => {
    const [replica, owner] = [await start(), makePrincipal()];
    const { id } = await make(replica, owner, original);
    await expect(ask(replica, owner, { extend_of: id, genre: 'jazz' })).rejects.toMatchObject(refusal('genre'));
  });
});

describe.each(['variation_of', 'extend_of'] as const)('%s', (field) => {
  it('names a succeeded generation of its user, in his mode, by the same model', async () => {
    const [replica, owner] = [await start(), makePrincipal()];
    const { id } = await make(replica, owner, original);
    const unknown = refusal(field, 'names no generation of yours');
    await expect(ask(replica, owner, { [field]: newId('gen') })).rejects.toMatchObject(unknown);
    await expect(ask(replica, makePrincipal(), { [field]: id })).rejects.toMatchObject(unknown);
    await expect(ask(replica, { ...owner, mode: 'test' }, { [field]: id })).rejects.toMatchObject(unknown);
    const byOther = refusal(field, 'was made by composer-1, not by plain-1');
    await expect(ask(replica, owner, { [field]: id, model: 'plain-1' })).rejects.toMatchObject(byOther);
    await world.ask(`UPDATE generations SET engine_version = '0'`);
    await expect(ask(replica, owner, { [field]: id })).rejects.toMatchObject(refusal(field));
    await world.ask(`UPDATE generations SET engine_version = '1+sound.9'`);
    await ask(replica, owner, { [field]: id });
    const waiting = await (await world.replica()).generations.create(makeCall(owner), makeAsked());
    await world.ask(`UPDATE generations SET status = 'failed' WHERE id = $1`, [waiting.id]);
    await expect(ask(replica, owner, { [field]: waiting.id })).rejects.toMatchObject(refusal(field));
  });
});

it('is either a variation or an extension', async () => {
  const [replica, owner] = [await start(), makePrincipal()];
  const { id } = await make(replica, owner, original);
  const both = ask(replica, owner, { variation_of: id, extend_of: id });
  await expect(both).rejects.toMatchObject(refusal('extend_of', 'cannot stand beside variation_of'));
});

it('has no check of originality yet, and says so', async () => {
  const replica = await world.replica();
  const asked = ask(replica, makePrincipal(), { check_originality: true });
  await expect(asked).rejects.toMatchObject(refusal('check_originality', 'is not available yet'));
  await ask(replica, makePrincipal(), { check_originality: false });
});
