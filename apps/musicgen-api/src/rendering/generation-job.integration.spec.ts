import { AppError } from '@musicgen/error-codes';
import { apiKeyRevoked, type Principal } from '@musicgen/platform-contracts';
import { newId, type Job } from '@musicgen/service-kit';
import { makePrincipal, until } from '@musicgen/testing';
import { headers } from 'nats';
import { makeAsked, makeCall } from '../../test/factories';
import { renderAtOnce, renderForEver, type Replica } from '../../test/replica';
import { makeWorld, tiersWith, untilStatus, type World } from '../../test/world';
import type { RenderTask } from './render-child';

let world: World;
beforeAll(async () => (world = await makeWorld()));
afterEach(() => world.reset());
afterAll(() => world?.close());

const create = async (replica: Replica, principal: Principal) =>
  (await replica.generations.create({ ...makeCall(), principal }, makeAsked())).id;
const left = async (replica: Replica, principal: Principal) =>
  (await replica.usage.get(principal)).generations_remaining;
const events = async () =>
  (await world.ask<{ subject: string }>('SELECT subject FROM outbox')).map((row) => row.subject);
const passTime = () => world.ask(`UPDATE jobs SET not_before = now(), lease_until = lease_until - interval '1 minute'`);
const untilNoFiles = (below: 'storage' | 'work') =>
  until(async () => (await world.files(below)).length === 0, 'no files');

const never = new AbortController().signal;

/** Renders only after it was let go. */
function makeGate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  const tasks: RenderTask[] = [];
  const render: typeof renderAtOnce = async (task, signal) => {
    tasks.push(task);
    await Promise.race([opened, renderForEver(task, signal)]);
    return renderAtOnce(task, signal);
  };
  return { open: () => open(), tasks, render };
}

describe('a generation', () => {
  it('succeeds with its files, what was understood and measured, and one event', async () => {
    const replica = await world.replica();
    replica.work();
    const owner = makePrincipal();
    const id = await create(replica, owner);
    const generation = await untilStatus(replica, owner, id, 'succeeded');
    expect(generation).toMatchObject({
      state: 'done',
      progress: { fraction: 1, eta_ms: 0 },
      queue_position: null,
      poll_after_ms: null,
      interpretation: { time_signature: { value: '4/4', from: 'genre' } },
      analysis: { true_peak: -1, duration_seconds: 2, sections: [{ name: 'verse', start_seconds: 0 }] },
      engine_version: '1',
      bank_sha256: 'abc',
      usage: { generations: 1 },
      error: null,
    });
    expect(generation.artefacts.map(({ kind, format }) => `${kind}.${format}`)).toEqual([
      'mix.mp3',
      'mix.wav',
      'waveform.json',
    ]);
    expect(await events()).toEqual(['musicgen.v1.event.generation.succeeded']);
    expect(await world.files('work')).toEqual([]);
    expect(await world.files('storage')).toHaveLength(3);
  });

  it('shows its progress, which never goes back: not within a try, and not with the next', async () => {
    const gate = makeGate();
    const replica = await world.replica({ render: gate.render });
    replica.work();
    const owner = makePrincipal();
    const id = await create(replica, owner);
    await until(() => gate.tasks.length === 1);
    expect(await replica.generations.get(owner, id)).toMatchObject({ status: 'composing', state: 'active' });
    gate.tasks[0]!.onProgress({ stage: 'encoding', fraction: 0.6, section: 'verse', bar: 3, bars: 9 });
    const progress = { fraction: 0.6, section: 'verse', bar: 3, bars: 9 };
    expect(await untilStatus(replica, owner, id, 'encoding')).toMatchObject({ progress, queue_position: null });
    gate.tasks[0]!.onProgress({ stage: 'rendering', fraction: 0.2 });
    gate.tasks[0]!.onProgress({ stage: 'verifying', fraction: 0.3 });
    expect(await untilStatus(replica, owner, id, 'verifying')).toMatchObject({ progress });
    gate.open();
    await untilStatus(replica, owner, id, 'succeeded');
  });

  it('keeps its status while it is tried again', async () => {
    let tries = 0;
    const gate = makeGate();
    const replica = await world.replica({
      render: async (task, signal) => {
        if (++tries > 1) return gate.render(task, signal);
        task.onProgress({ stage: 'rendering', fraction: 0.5 });
        throw new Error('a crash');
      },
    });
    replica.work();
    const owner = makePrincipal();
    const id = await create(replica, owner);
    await untilStatus(replica, owner, id, 'rendering');
    await until(async () => (await world.ask(`SELECT 1 FROM jobs WHERE problem IS NOT NULL`)).length === 1);
    await passTime();
    await until(() => gate.tasks.length === 1);
    expect(await replica.generations.get(owner, id)).toMatchObject({
      status: 'rendering',
      progress: { fraction: 0.5 },
    });
    gate.open();
    await untilStatus(replica, owner, id, 'succeeded');
    expect((await world.files('storage')).every((file) => file.includes(`${id}/2/`))).toBe(true);
  });

  it('fails after five tries: quota given back once, one event, no file left', async () => {
    const replica = await world.replica({
      render: async (task, signal) => {
        await renderAtOnce(task, signal);
        throw new Error('a secret path /root');
      },
    });
    replica.work();
    const owner = makePrincipal();
    const id = await create(replica, owner);
    expect(await left(replica, owner)).toBe(499);
    await until(async () => {
      await passTime();
      return (await replica.generations.get(owner, id)).state === 'done';
    });
    const { status, error, usage } = await replica.generations.get(owner, id);
    expect({ status, usage }).toEqual({ status: 'failed', usage: { generations: 0 } });
    expect(error).toMatchObject({
      code: 'INTERNAL_ERROR',
      retryable: false,
      suggestion: expect.stringContaining('Report'),
    });
    expect(error!.message).not.toContain('secret');
    expect(await left(replica, owner)).toBe(500);
    expect(await events()).toEqual(['musicgen.v1.event.generation.failed']);
    await expect(replica.generations.cancel(owner, id)).rejects.toMatchObject({ code: 'GENERATION_FINISHED' });
    await replica.generations.delete(owner, id);
    expect(await left(replica, owner)).toBe(500);
    await untilNoFiles('storage');
    await untilNoFiles('work');
  });

  it('fails at once for a reason that another try cannot change, and tells it', async () => {
    const reason = new AppError('VALIDATION_FAILED', { details: 'No instrument is left' });
    const replica = await world.replica({ render: () => Promise.reject(reason) });
    replica.work();
    const owner = makePrincipal();
    const id = await create(replica, owner);
    const { error } = await untilStatus(replica, owner, id, 'failed');
    expect(error).toMatchObject({ code: 'VALIDATION_FAILED', message: 'No instrument is left' });
  });

  it('is cancelled at once while it is queued, and its quota given back', async () => {
    const replica = await world.replica();
    const owner = makePrincipal();
    const id = await create(replica, owner);
    expect(await replica.generations.cancel(owner, id)).toMatchObject({ status: 'canceled', state: 'done' });
    expect(await left(replica, owner)).toBe(500);
    expect(await events()).toEqual(['musicgen.v1.event.generation.canceled']);
    await expect(replica.generations.cancel(owner, id)).rejects.toMatchObject({ code: 'GENERATION_FINISHED' });
    expect(await left(replica, owner)).toBe(500);
  });

  it('is cancelled on whichever worker renders it', async () => {
    const [api, worker] = [await world.replica(), await world.replica({ render: renderForEver })];
    worker.work();
    const owner = makePrincipal();
    const id = await create(api, owner);
    await untilStatus(api, owner, id, 'composing');
    await api.generations.cancel(owner, id);
    await untilStatus(api, owner, id, 'canceled');
    expect(await left(api, owner)).toBe(500);
    expect(await events()).toEqual(['musicgen.v1.event.generation.canceled']);
    await untilNoFiles('work');
  });

  it('is never both cancelled and delivered, and its quota is spent only if it was delivered', async () => {
    const replica = await world.replica();
    replica.work(4);
    const owner = makePrincipal({ tier: 'enterprise' });
    const ids = await Promise.all(Array.from({ length: 12 }, () => create(replica, owner)));
    const cancels = await Promise.allSettled(ids.map((id) => replica.generations.cancel(owner, id)));
    const ends = await Promise.all(ids.map((id) => untilStatus(replica, owner, id, 'succeeded', 'canceled')));
    const expected = cancels.map(({ status }) => (status === 'fulfilled' ? 'canceled' : 'succeeded'));
    expect(ends.map(({ status }) => status)).toEqual(expected);
    const delivered = expected.filter((status) => status === 'succeeded').length;
    expect(await left(replica, owner)).toBe(10_000 - delivered);
    expect(await events()).toHaveLength(12);
    await until(async () => (await world.files('storage')).length === delivered * 3, 'only what was delivered');
  });

  it('can be deleted while it is rendered: nothing of it is left', async () => {
    const [api, worker] = [await world.replica(), await world.replica({ render: renderForEver })];
    worker.work();
    const owner = makePrincipal();
    const id = await create(api, owner);
    await untilStatus(api, owner, id, 'composing');
    await api.generations.delete(owner, id);
    await expect(api.generations.get(owner, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await left(api, owner)).toBe(500);
    await until(async () => (await world.ask(`SELECT 1 FROM jobs WHERE state = 'canceled'`)).length === 1);
    await untilNoFiles('work');
    await untilNoFiles('storage');
    expect(await events()).toEqual(['musicgen.v1.event.generation.canceled']);
  });

  it('of a killed worker is taken over, and ends once', async () => {
    const owner = makePrincipal();
    const api = await world.replica();
    const id = await create(api, owner);
    await world.ask(
      `UPDATE jobs SET state = 'running', attempts = 1, lease_owner = 'killed', lease_until = now() - interval '1 s'`,
    );
    await world.ask(`UPDATE generations SET status = 'encoding'`);
    api.work();
    await untilStatus(api, owner, id, 'succeeded');
    expect(await events()).toEqual(['musicgen.v1.event.generation.succeeded']);
    expect(await left(api, owner)).toBe(499);
  });

  it('is parked when its worker stops, at no cost, and rendered by the next', async () => {
    const [first, second] = [await world.replica({ render: renderForEver }), await world.replica()];
    first.work();
    const owner = makePrincipal();
    const id = await create(first, owner);
    await untilStatus(first, owner, id, 'composing');
    await first.stop();
    expect(await world.ask('SELECT state, attempts FROM jobs')).toEqual([{ state: 'queued', attempts: 0 }]);
    second.work();
    await untilStatus(second, owner, id, 'succeeded');
    expect(await world.files('work')).toEqual([]);
  });

  it('keeps the files of a start that delivered without knowing it, and of no other start', async () => {
    const { generations, job, outbox } = await world.replica();
    const owner = makePrincipal();
    const { id } = await generations.create({ ...makeCall(), principal: owner }, makeAsked());
    const first = { resourceId: id, userId: owner.user_id, mode: owner.mode, attempts: 1 } as Job;
    const second = { ...first, attempts: 2 };
    const commit = await job.run(first, never);
    await job.run(second, never);
    // The answer to this commit is lost, so that to the queue both starts look as if they had lost the job.
    await outbox.transaction((tx, emit) => commit({ tx, emit }));
    await job.ended(first, 'lost');
    await job.ended(second, 'lost');
    const files = await world.files('storage');
    expect(files).toHaveLength(3);
    expect(files.every((file) => file.includes(`${id}/1/`))).toBe(true);
  });

  it('waits for those of its own user when he has as many as his tier lets him, over two workers', async () => {
    const gate = makeGate();
    const tiers = tiersWith({ concurrent_generations: 2 });
    const [a, b] = [
      await world.replica({ tiers, render: gate.render }),
      await world.replica({ tiers, render: gate.render }),
    ];
    a.work(2);
    b.work(2);
    const [owner, other] = [makePrincipal(), makePrincipal()];
    const ids = [];
    for (let i = 0; i < 4; i++) ids.push(await create(a, owner));
    await until(() => gate.tasks.length === 2);
    const guest = await create(a, other);
    await until(() => gate.tasks.length === 3);
    expect(gate.tasks.map(({ request }) => request.id)).toContain(guest);
    gate.open();
    await Promise.all(ids.map((id) => untilStatus(a, owner, id, 'succeeded')));
  });

  it('of another user is next, however many one user has waiting', async () => {
    const order: string[] = [];
    const replica = await world.replica({
      render: (task, signal) => {
        order.push(task.request.id);
        return renderAtOnce(task, signal);
      },
    });
    const [owner, other] = [makePrincipal({ tier: 'enterprise' }), makePrincipal()];
    for (let i = 0; i < 100; i++) await create(replica, owner);
    const guest = await create(replica, other);
    expect((await replica.generations.get(other, guest)).queue_position).toBe(2);
    replica.work();
    await untilStatus(replica, other, guest, 'succeeded');
    expect(order.indexOf(guest)).toBeLessThanOrEqual(1);
  });

  it('is cancelled when the key that asked for it is revoked, while it is queued', async () => {
    const replica = await world.replica();
    replica.hearEvents();
    const keyId = newId('key');
    const owner = makePrincipal({ key_id: keyId, method: 'api_key' });
    const [mine, others] = [await create(replica, owner), await create(replica, { ...owner, key_id: newId('key') })];
    const auth = await world.nats.connect('auth');
    const payload = apiKeyRevoked.payload.parse({ key_id: keyId, user_id: owner.user_id, mode: 'live' });
    const options = { msgID: newId('evt'), headers: headers() };
    await auth.connection.jetstream().publish(apiKeyRevoked.subject, JSON.stringify(payload), options);
    await untilStatus(replica, owner, mine, 'canceled');
    expect(await replica.generations.get(owner, others)).toMatchObject({ status: 'queued' });
  });
});
