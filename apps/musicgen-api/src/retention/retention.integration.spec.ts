import type { Principal } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { makePrincipal } from '@musicgen/testing';
import fs from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { makeAsked, makeCall } from '../../test/factories';
import { renderForEver, type Replica } from '../../test/replica';
import { makeWorld, tiersWith, untilStatus, type World } from '../../test/world';

let world: World;
beforeAll(async () => (world = await makeWorld()));
afterEach(async () => {
  await world.ask('DELETE FROM seen_events');
  await world.reset();
});
afterAll(() => world?.close());

async function make(replica: Replica, owner: Principal): Promise<string> {
  const { id } = await replica.generations.create({ ...makeCall(), principal: owner }, makeAsked());
  await untilStatus(replica, owner, id, 'succeeded');
  return id;
}
const put = (replica: Replica, key: string) => replica.storage.putStream(key, Readable.from([Buffer.from('x')]));
/** Makes files as old as if they had lain there for so many minutes. */
async function age(minutes: number, part = ''): Promise<void> {
  const then = new Date(Date.now() - minutes * 60_000);
  for (const file of await world.files('storage')) if (file.includes(part)) await fs.utimes(file, then, then);
}
const names = async () => (await world.files('storage')).map((file) => path.basename(file)).sort();

describe('audio', () => {
  it('is kept for the days that the tier said when it was asked for, and is gone after them', async () => {
    const replica = await world.replica({ tiers: tiersWith({ audio_days: 3 }) });
    replica.work();
    const owner = makePrincipal();
    const [old, young] = [await make(replica, owner), await make(replica, owner)];
    const [{ days }] = (await world.ask<{ days: number }>(
      `SELECT extract(epoch FROM expires_at - finished_at)::float8 / 86400 AS days FROM generations`,
    )) as [{ days: number }];
    expect(days).toBeCloseTo(3, 3);
    await world.ask(`UPDATE generations SET expires_at = now() - interval '1 s' WHERE id = $1`, [old]);
    await replica.retention.sweep();

    expect(await replica.generations.get(owner, old)).toMatchObject({
      status: 'expired',
      state: 'done',
      artefacts: [],
    });
    for (const kind of ['mix', 'waveform'] as const) {
      await expect(replica.artefacts.find(owner, { id: old, kind })).rejects.toMatchObject({ code: 'GONE' });
    }
    await expect(replica.artefacts.list(owner, old)).rejects.toMatchObject({ code: 'GONE' });
    expect((await replica.artefacts.provenance(owner, old)).statement.generation_id).toBe(old);
    expect((await world.files('storage')).filter((file) => file.includes(old))).toEqual([]);

    expect(await replica.generations.get(owner, young)).toMatchObject({ status: 'succeeded' });
    expect(await replica.artefacts.find(owner, { id: young, kind: 'mix' })).toMatchObject({ bytes: 7 });
    expect((await world.files('storage')).every((file) => file.includes(young))).toBe(true);
  });

  it('expires once, however many replicas look, and however much there is', async () => {
    const replicas = [await world.replica(), await world.replica()];
    replicas[0]!.work(4);
    const owner = makePrincipal({ tier: 'enterprise' });
    await Promise.all(Array.from({ length: 12 }, () => make(replicas[0]!, owner)));
    await world.ask("UPDATE generations SET expires_at = now() - interval '1 second'");
    await Promise.all(replicas.map((replica) => replica.retention.sweep()));
    expect(await world.ask(`SELECT DISTINCT status FROM generations`)).toEqual([{ status: 'expired' }]);
    expect(await world.ask(`SELECT 1 FROM artefacts`)).toEqual([]);
    expect(await world.files('storage')).toEqual([]);
  });
});

describe('what only served to make it', () => {
  it('goes after a while: jobs that ended, and events that no stream delivers again', async () => {
    const replica = await world.replica();
    replica.work();
    for (let i = 0; i < 3; i++) await make(replica, makePrincipal());
    await world.ask(`INSERT INTO seen_events (event_id, consumer, seen_at) VALUES
      ('old', 'c', now() - interval '9 days'), ('young', 'c', now() - interval '6 days')`);
    await world.ask(`UPDATE jobs SET finished_at = now() - interval '8 days'`);
    await world.ask(`UPDATE jobs SET state = 'dead' WHERE id = (SELECT min(id) FROM jobs)`);
    await world.ask(`UPDATE jobs SET finished_at = now() WHERE id = (SELECT max(id) FROM jobs)`);
    await replica.retention.sweep();
    expect(await world.ask(`SELECT state FROM jobs ORDER BY id`)).toEqual([{ state: 'dead' }, { state: 'succeeded' }]);
    expect(await world.ask('SELECT event_id FROM seen_events')).toEqual([{ event_id: 'young' }]);
    expect(await world.ask('SELECT 1 FROM generations')).toHaveLength(3);
  });

  it('goes after an hour: uploads that nobody took', async () => {
    const replica = await world.replica();
    await put(replica, 'incoming/old');
    await age(61);
    await put(replica, 'incoming/young');
    await replica.retention.sweep();
    expect(await names()).toEqual(['young']);
  });
});

describe('a file that no row tells of', () => {
  it('is removed: of a start that failed, of a generation that is not there; and no other', async () => {
    const replica = await world.replica();
    replica.work();
    const owner = makePrincipal();
    const id = await make(replica, owner);
    const kept = await names();
    const strays = [
      `generations/${id}/9/mix.wav`,
      `generations/${id}/copies/x/a.wav`,
      `generations/${newId('gen')}/1/b.wav`,
    ];
    for (const key of strays) await put(replica, key);
    await age(61);
    await world.ask(`UPDATE generations SET finished_at = now() - interval '2 hours'`);
    await replica.retention.sweep();
    expect(await names()).toEqual(kept);
    expect(await replica.artefacts.find(owner, { id, kind: 'mix' })).toMatchObject({ bytes: 7 });
  });

  it('is left for an hour: its row may come yet', async () => {
    const replica = await world.replica();
    await put(replica, `generations/${newId('gen')}/copies/x/a.wav`);
    await age(59);
    await replica.retention.sweep();
    expect(await names()).toEqual(['a.wav']);
  });

  it('is left while a start is running, however old it is', async () => {
    const replica = await world.replica({ render: renderForEver });
    replica.work();
    const owner = makePrincipal();
    const { id } = await replica.generations.create({ ...makeCall(), principal: owner }, makeAsked());
    await untilStatus(replica, owner, id, 'composing');
    await put(replica, `generations/${id}/1/mix.wav`);
    await age(600);
    await replica.retention.sweep();
    expect(await names()).toEqual(['mix.wav']);
  });

  it('is no piece of a preview that somebody may hear', async () => {
    const replica = await world.replica();
    replica.work();
    const id = await make(replica, makePrincipal());
    await put(replica, `generations/${id}/1/preview/0.mp3`);
    await put(replica, `generations/${id}/2/preview/1.mp3`);
    await age(61);
    const preview = { attempt: 1, pieces: 1, announced: 1, isWhole: true };
    await world.ask(`UPDATE generations SET finished_at = now() - interval '2 hours', preview = $1`, [preview]);
    await replica.retention.sweep();
    expect(await names()).toContain('0.mp3');
    expect(await names()).not.toContain('1.mp3');
  });
});
