import { generationEvent, generationProgressed, type Principal } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { makePrincipal, until } from '@musicgen/testing';
import { makeAsked, makeCall } from '../../test/factories';
import { renderAtOnce, type Replica } from '../../test/replica';
import { makeWorld, untilStatus, type World } from '../../test/world';

let world: World;
beforeAll(async () => (world = await makeWorld()));
afterEach(() => world.reset());
afterAll(() => world?.close());

const create = async (replica: Replica, principal: Principal) =>
  (await replica.generations.create({ ...makeCall(), principal }, makeAsked())).id;
const eventsOf = async (replica: Replica, principal: Principal, id: string, after = 0) =>
  replica.generations.listEvents(principal, { id, after });
const told = (page: Awaited<ReturnType<typeof eventsOf>>) =>
  page.data.map((event) => (event.type === 'status' ? event.data.status : event.type));

const playing: typeof renderAtOnce = async (task, signal) => {
  task.onProgress({ stage: 'rendering', fraction: 0.1, section: 'verse', bar: 1, bars: 2 });
  for (const index of [0, 1]) task.onPreview!({ index, seconds: 1, mp3: Buffer.from(`second ${index}`) });
  return renderAtOnce(task, signal);
};

describe('the events of a generation', () => {
  it('tell all that happened to it, numbered from 1 without gaps', async () => {
    const replica = await world.replica({ render: playing });
    const owner = makePrincipal();
    const id = await create(replica, owner);
    expect(told(await eventsOf(replica, owner, id))).toEqual(['queued']);
    replica.work();
    await untilStatus(replica, owner, id, 'succeeded');
    const page = await eventsOf(replica, owner, id);
    expect(page.is_over).toBe(true);
    expect(page.data.map(({ number }) => number)).toEqual(page.data.map((_, index) => index + 1));
    expect(told(page)).toEqual(expect.arrayContaining(['queued', 'composing', 'rendering', 'progress', 'audio']));
    expect(told(page).slice(-2)).toEqual(['succeeded', 'done']);
    expect(page.data.filter(({ type }) => type === 'audio').map(({ data }) => data)).toEqual([
      { index: 0, seconds: 1 },
      { index: 1, seconds: 2 },
    ]);
    for (const event of page.data) expect(generationEvent.parse(event)).toEqual(event);
  });

  it('go on after the one that was seen last, and begin anew after one that never was', async () => {
    const replica = await world.replica();
    const owner = makePrincipal();
    const id = await create(replica, owner);
    await replica.generations.cancel(owner, id);
    expect(told(await eventsOf(replica, owner, id, 1))).toEqual(['canceled', 'done']);
    expect(await eventsOf(replica, owner, id, 3)).toEqual({ data: [], is_over: true });
    expect(told(await eventsOf(replica, owner, id, 99))).toEqual(['queued', 'canceled', 'done']);
  });

  it('come in pages, none of which is the last before the last is seen', async () => {
    const replica = await world.replica({
      render: async (task, signal) => {
        for (let bar = 1; bar <= 250; bar++) task.onProgress({ stage: 'rendering', fraction: bar / 251, bar });
        await until(async () => (await world.ask('SELECT 1 FROM generation_events')).length >= 250);
        return renderAtOnce(task, signal);
      },
    });
    replica.work();
    const owner = makePrincipal();
    const id = await create(replica, owner);
    await untilStatus(replica, owner, id, 'succeeded');
    const first = await eventsOf(replica, owner, id);
    expect(first).toMatchObject({ is_over: false, data: { length: 200 } });
    const rest = await eventsOf(replica, owner, id, 200);
    expect(rest.is_over).toBe(true);
    expect(rest.data[0]!.number).toBe(201);
  });

  it('say why it failed', async () => {
    const replica = await world.replica({ render: () => Promise.reject(new Error('a secret')) });
    replica.work();
    const owner = makePrincipal();
    const id = await create(replica, owner);
    await until(async () => {
      await world.ask('UPDATE jobs SET not_before = now()');
      return (await replica.generations.get(owner, id)).state === 'done';
    });
    const { data } = await eventsOf(replica, owner, id);
    expect(data.at(-1)).toMatchObject({ type: 'done', data: { status: 'failed', error: { code: 'INTERNAL_ERROR' } } });
    expect(JSON.stringify(data)).not.toContain('secret');
  });

  it('are nobody else’s, nor the other mode’s', async () => {
    const replica = await world.replica();
    const owner = makePrincipal();
    const id = await create(replica, owner);
    for (const other of [makePrincipal(), { ...owner, mode: 'test' as const }]) {
      await expect(eventsOf(replica, other, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    await expect(eventsOf(replica, owner, newId('gen'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are announced once they can be read', async () => {
    const replica = await world.replica();
    const owner = makePrincipal();
    const id = await create(replica, owner);
    const auth = await world.nats.connect('auth');
    const heard: unknown[] = [];
    const callback = (_: Error | null, message: { json<T>(): T }) => void heard.push(message.json());
    auth.connection.subscribe(generationProgressed.subject, { callback });
    await auth.connection.flush();
    await replica.generations.cancel(owner, id);
    await until(() => heard.length > 0);
    expect(heard[0]).toEqual({ generation_id: id });
  });
});
