import type { Principal } from '@musicgen/platform-contracts';
import { makePrincipal, until } from '@musicgen/testing';
import fs from 'node:fs/promises';
import { makeAsked, makeCall } from '../../test/factories';
import { renderAtOnce, renderForEver, type Replica } from '../../test/replica';
import { makeWorld, untilStatus, type World } from '../../test/world';

let world: World;
beforeAll(async () => (world = await makeWorld()));
afterEach(() => world.reset());
afterAll(() => world?.close());

const create = async (replica: Replica, principal: Principal) =>
  (await replica.generations.create({ ...makeCall(), principal }, makeAsked())).id;
const find = (replica: Replica, principal: Principal, id: string, from = 0) =>
  replica.previews.find(principal, { id, from });
const pieces = async () => (await world.files('storage')).filter((file) => file.includes('/preview/'));

/** Plays so many seconds, then does what it is given. */
const playing =
  (seconds: number, then: typeof renderAtOnce): typeof renderAtOnce =>
  (task, signal) => {
    for (let index = 0; index < seconds; index++) {
      task.onPreview!({ index, seconds: 1, mp3: Buffer.from(`second ${index}`) });
    }
    return then(task, signal);
  };

describe('a preview', () => {
  it('is there second by second while the music is made, in order', async () => {
    const replica = await world.replica({ render: playing(3, renderForEver) });
    const owner = makePrincipal();
    const id = await create(replica, owner);
    expect(await find(replica, owner, id)).toEqual({ keys: [], is_complete: false });
    replica.work();
    const { keys } = await until(async () => {
      const page = await find(replica, owner, id);
      return page.keys.length === 3 ? page : undefined;
    });
    const files = await pieces();
    const contents = keys.map((key) =>
      fs.readFile(
        files.find((file) => file.endsWith(key))!,
        'utf8',
      ),
    );
    expect(await Promise.all(contents)).toEqual(['second 0', 'second 1', 'second 2']);
    expect((await find(replica, owner, id, 2)).keys).toEqual(keys.slice(2));
    expect((await find(replica, owner, id, 9)).keys).toEqual([]);
    await expect(find(replica, makePrincipal(), id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('can be heard to its end after the music is there, and is removed later', async () => {
    const replica = await world.replica({ render: playing(2, renderAtOnce) });
    replica.work();
    const owner = makePrincipal();
    const id = await create(replica, owner);
    await untilStatus(replica, owner, id, 'succeeded');
    await replica.oldPreviews.sweep();
    expect(await find(replica, owner, id, 1)).toMatchObject({ keys: { length: 1 }, is_complete: true });
    await world.ask(`UPDATE generations SET finished_at = finished_at - interval '1 hour'`);
    await replica.oldPreviews.sweep();
    expect(await pieces()).toEqual([]);
    expect(await world.files('storage')).toHaveLength(3);
    expect(await find(replica, owner, id)).toEqual({ keys: [], is_complete: true });
    await expect(find(replica, owner, id, 1)).rejects.toMatchObject({ code: 'GONE' });
  });

  it('goes with a generation that is cancelled', async () => {
    const replica = await world.replica({ render: playing(2, renderForEver) });
    replica.work();
    const owner = makePrincipal();
    const id = await create(replica, owner);
    await until(async () => (await pieces()).length === 2);
    await replica.generations.cancel(owner, id);
    await untilStatus(replica, owner, id, 'canceled');
    await until(async () => (await world.files('storage')).length === 0, 'no file');
    await expect(find(replica, owner, id)).rejects.toMatchObject({ code: 'GENERATION_NOT_READY' });
  });

  it.each([
    ['while the music is made', 'composing', renderForEver],
    ['while it is heard to its end', 'succeeded', renderAtOnce],
  ] as const)('goes with a generation that is deleted %s, and leaves nothing', async (_, status, render) => {
    const replica = await world.replica({ render: playing(2, render) });
    replica.work();
    const owner = makePrincipal();
    const id = await create(replica, owner);
    await untilStatus(replica, owner, id, status);
    await until(async () => (await pieces()).length === 2);
    await replica.generations.delete(owner, id);
    await until(async () => (await world.ask(`SELECT 1 FROM jobs WHERE state IN ('queued', 'running')`)).length === 0);
    await until(async () => (await world.files('storage')).length === 0, 'no file');
    await replica.oldPreviews.sweep();
    for (const table of ['generations', 'artefacts', 'generation_events']) {
      expect(await world.ask(`SELECT * FROM ${table}`)).toEqual([]);
    }
    await expect(find(replica, owner, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('begins anew with the next start, with no second announced twice', async () => {
    let starts = 0;
    const replica = await world.replica({
      render: (task, signal) =>
        ++starts === 1
          ? playing(2, async () => {
              await until(async () => (await find(replica, owner, id)).keys.length === 2);
              throw new Error('a crash');
            })(task, signal)
          : playing(3, renderAtOnce)(task, signal),
    });
    const owner = makePrincipal();
    const id = await create(replica, owner);
    replica.work();
    await until(async () => {
      await world.ask('UPDATE jobs SET not_before = now()');
      return (await replica.generations.get(owner, id)).state === 'done';
    });
    const { keys } = await find(replica, owner, id);
    expect(keys).toEqual([0, 1, 2].map((index) => `generations/${id}/2/preview/${index}.mp3`));
    expect(await pieces()).toHaveLength(3);
    const { data } = await replica.generations.listEvents(owner, { id, after: 0 });
    expect(data.filter(({ type }) => type === 'audio').map((event) => event.data)).toMatchObject([
      { index: 0 },
      { index: 1 },
      { index: 2 },
    ]);
  });
});
