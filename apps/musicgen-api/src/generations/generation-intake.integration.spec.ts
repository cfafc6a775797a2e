import { newId } from '@musicgen/service-kit';
import { makeAsked, makeCall } from '../../test/factories';
import { makeWorld, tiersWith, untilStatus, type World } from '../../test/world';

let world: World;
beforeAll(async () => (world = await makeWorld()));
afterEach(() => world.reset());
afterAll(() => world?.close());

const reserved = async () =>
  (await world.ask<{ reserved: number }>('SELECT reserved FROM quota_days'))[0]?.reserved ?? 0;
const count = async (table: string) =>
  (await world.ask<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]!.n;
const free = (fields: Record<string, unknown>) => ({ code: 'VALIDATION_FAILED', data: { fields: [fields] } });

describe('asking for a generation', () => {
  it('stores it with everything that was asked, a chosen seed and a place in the queue', async () => {
    const { generations } = await world.replica();
    const call = makeCall();
    const asked = makeAsked({ title: 'Sea', metadata: { shop: '7' }, formats: ['mp3'] });
    const generation = await generations.create(call, asked);
    expect(generation).toMatchObject({
      id: asked.id,
      status: 'queued',
      state: 'pending',
      queue_position: 1,
      model: 'composer-1',
      title: 'Sea',
      metadata: { shop: '7' },
      request: { prompt: 'Calm piano in C major', duration: 2, formats: ['mp3'], model: 'composer-1' },
      usage: { generations: 1 },
      artefacts: [],
      mode: 'live',
    });
    expect(Number.isInteger(generation.seed)).toBe(true);
    expect(await generations.get(call.principal, asked.id)).toEqual(generation);
  });

  it('keeps the seed that was asked for, the largest too', async () => {
    const { generations } = await world.replica();
    expect((await generations.create(makeCall(), makeAsked({ seed: 0xffff_ffff }))).seed).toBe(0xffff_ffff);
    expect((await generations.create(makeCall(), makeAsked({ seed: 0 }))).seed).toBe(0);
  });

  it('is done once for the same id, also when both come at the same time', async () => {
    const { generations } = await world.replica();
    const call = makeCall();
    const asked = makeAsked();
    const answers = await Promise.all(Array.from({ length: 5 }, () => generations.create(call, asked)));
    answers.push(await generations.create(call, asked));
    expect(new Set(answers.map(({ seed }) => seed)).size).toBe(1);
    expect([await count('generations'), await count('jobs'), await reserved()]).toEqual([1, 1, 1]);
  });

  it('answers CONFLICT for an id that is somebody else’s, and takes nothing from the quota', async () => {
    const { generations } = await world.replica();
    const asked = makeAsked();
    await generations.create(makeCall({ mode: 'test' }), asked);
    await expect(generations.create(makeCall(), asked)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await reserved()).toBe(0);
  });

  it('never lets more through than the day’s limit: of 20 at once, exactly 5', async () => {
    const { generations } = await world.replica({ tiers: tiersWith({ generations_per_day: 5 }) });
    const call = makeCall();
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => generations.create(call, makeAsked())));
    const refusals = answers.filter((answer) => answer.status === 'rejected');
    expect(refusals).toHaveLength(15);
    expect(refusals[0]!.reason).toMatchObject({ code: 'QUOTA_EXCEEDED', retryAfterSeconds: expect.any(Number) });
    expect(refusals[0]!.reason.retryAfterSeconds).toBeLessThanOrEqual(86_400);
    expect([await count('generations'), await count('jobs'), await reserved()]).toEqual([5, 5, 5]);
  });

  it('spends no quota in test mode', async () => {
    const { generations, usage } = await world.replica({ tiers: tiersWith({ generations_per_day: 1 }) });
    const call = makeCall({ mode: 'test' });
    for (let i = 0; i < 3; i++) {
      expect((await generations.create(call, makeAsked())).usage).toEqual({ generations: 0 });
    }
    expect((await usage.get(call.principal)).generations_remaining).toBe(1);
  });

  it('tells what is left of the day, and when the next begins', async () => {
    const { generations, usage } = await world.replica();
    const call = makeCall({ tier: 'free' });
    await generations.create(call, makeAsked());
    const left = await usage.get(call.principal);
    expect(left.generations_remaining).toBe(9);
    expect(left.reset_date).toMatch(/^\d{4}-\d\d-\d\dT00:00:00\.000Z$/);
    expect((await usage.get(makeCall().principal)).generations_remaining).toBe(500);
  });

  it('takes no quota for what the full queue refuses', async () => {
    const { generations } = await world.replica({ queueMax: 1 });
    const call = makeCall();
    await generations.create(call, makeAsked());
    await expect(generations.create(call, makeAsked())).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect([await count('generations'), await reserved()]).toEqual([1, 1]);
  });

  it('lets nobody fill the queue: one user’s waiting generations are bounded, exactly, over both modes', async () => {
    const { generations } = await world.replica({ queueMaxPerUser: 3 });
    const call = makeCall();
    const inTest = { ...call, principal: { ...call.principal, mode: 'test' as const } };
    const asked = Array.from({ length: 8 }, (_, i) => generations.create(i % 2 ? call : inTest, makeAsked()));
    const refusals = (await Promise.allSettled(asked)).filter((answer) => answer.status === 'rejected');
    expect(refusals).toHaveLength(5);
    expect(refusals[0]!.reason).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', retryAfterSeconds: 30 });
    expect([await count('generations'), await count('jobs')]).toEqual([3, 3]);
    expect(await reserved()).toBeLessThanOrEqual(2);
    await expect(generations.create(makeCall(), makeAsked())).resolves.toBeDefined();
  });

  it.each([
    ['free', 'live', 61, 'must be at most 60 in the tier free'],
    ['pro', 'live', 301, 'must be at most 300 in the tier pro'],
    ['enterprise', 'test', 31, 'must be at most 30 in test mode'],
  ] as const)('refuses a piece longer than the tier %s has in %s mode', async (tier, mode, duration, problem) => {
    const { generations } = await world.replica();
    const create = generations.create(makeCall({ tier, mode }), makeAsked({ duration }));
    await expect(create).rejects.toMatchObject(free({ path: 'duration', problem }));
  });

  it('takes the longest piece of a tier', async () => {
    const { generations } = await world.replica();
    await expect(generations.create(makeCall({ tier: 'free' }), makeAsked({ duration: 60 }))).resolves.toBeDefined();
  });

  it('refuses an unknown model by name, and says which there are', async () => {
    const { generations } = await world.replica();
    const create = generations.create(makeCall(), makeAsked({ model: 'nobody-1' }));
    const problem = 'must be one of composer-1, plain-1, away-1';
    await expect(create).rejects.toMatchObject(free({ path: 'model', problem }));
  });

  it('answers MODEL_UNAVAILABLE with the reason', async () => {
    const { generations } = await world.replica();
    const create = generations.create(makeCall(), makeAsked({ model: 'away-1' }));
    await expect(create).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE', details: 'its weights are missing' });
  });

  it('names every field that the model cannot do, the engine’s own problems too', async () => {
    const { generations } = await world.replica({ problems: [{ path: 'key', problem: 'is no key' }] });
    const asked = makeAsked({ model: 'plain-1', duration: 25, stems: true, midi: true });
    const error = await generations.create(makeCall(), asked).catch((thrown) => thrown);
    expect(error.data.fields.map(({ path }: { path: string }) => path)).toEqual(['duration', 'stems', 'midi', 'key']);
    expect(await count('generations')).toBe(0);
  });

  it('refuses who may not generate, here too', async () => {
    const { generations, models } = await world.replica();
    const call = makeCall({ permissions: ['user:read'] });
    const refusal = { code: 'INSUFFICIENT_PERMISSIONS' };
    await expect(generations.create(call, makeAsked())).rejects.toMatchObject(refusal);
    await expect(generations.get(call.principal, newId('gen'))).rejects.toMatchObject(refusal);
    await expect(generations.list(call.principal, { limit: 1 })).rejects.toMatchObject(refusal);
    await expect(generations.cancel(call.principal, newId('gen'))).rejects.toMatchObject(refusal);
    await expect(generations.delete(call.principal, newId('gen'))).rejects.toMatchObject(refusal);
    await expect(models.list(call.principal)).rejects.toMatchObject(refusal);
  });

  it('starts at once on another replica', async () => {
    const [api, worker] = [await world.replica(), await world.replica()];
    worker.work();
    const call = makeCall();
    const { id } = await api.generations.create(call, makeAsked());
    await untilStatus(api, call.principal, id, 'succeeded');
  });
});
