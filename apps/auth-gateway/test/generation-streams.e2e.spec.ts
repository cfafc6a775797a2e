import { AppError } from '@musicgen/error-codes';
import {
  createGeneration,
  findArtefact,
  findPreview,
  generationProgressed,
  getGeneration,
  listGenerationEvents,
  type Generation,
  type GenerationEvent,
  type GenerationStatus,
} from '@musicgen/platform-contracts';
import { newId, type Call, type NatsLink } from '@musicgen/service-kit';
import { testInfrastructure, until } from '@musicgen/testing';
import fs from 'node:fs/promises';
import path from 'node:path';
import { expectError } from './client';
import { startGateway, type TestGateway } from './gateway';

const storage = path.join(testInfrastructure().folder, 'storage');

/** What musicgen-api knows of the one generation of each test. */
let known: { id: string; status: GenerationStatus; events: GenerationEvent[]; keys: string[] };
/** Each question for events, by the request that it is asked for. */
let questions: string[] = [];
let gateway: TestGateway;
let musicgen: NatsLink;
let token: string;

const stateOf = (status: GenerationStatus) => (status === 'succeeded' || status === 'failed' ? 'done' : 'active');
const isOver = () => stateOf(known.status) === 'done';
const mine = (id: string) => {
  if (id !== known.id) throw new AppError('NOT_FOUND');
};
const view = () => ({ ...template, id: known.id, status: known.status, state: stateOf(known.status) });

beforeAll(async () => {
  gateway = await startGateway();
  musicgen = await gateway.nats.connect('musicgen');
  ({ token } = await gateway.register());
  await gateway.answerAs(
    'musicgen',
    [
      listGenerationEvents,
      ({ id, after }: { id: string; after: number }, { requestId }: Call) => {
        mine(id);
        questions.push(requestId);
        const data = known.events.slice(after);
        return { data, is_over: isOver() };
      },
    ],
    [
      findPreview,
      ({ id, from }: { id: string; from: number }) => {
        mine(id);
        if (known.status === 'failed') throw new AppError('GENERATION_NOT_READY');
        return { keys: known.keys.slice(from), is_complete: isOver() };
      },
    ],
    [
      findArtefact,
      ({ id }: { id: string }) => {
        mine(id);
        if (known.status !== 'succeeded') throw new AppError('GENERATION_NOT_READY');
        return { key: `${id}/whole.mp3`, bytes: 5, sha256: 'abc', content_type: 'audio/mpeg', filename: 'whole.mp3' };
      },
    ],
    [getGeneration, ({ id }: { id: string }) => (mine(id), view())],
    [createGeneration, ({ id }: { id: string }) => ((known.id = id), view())],
  );
});
afterAll(() => gateway?.stop());
beforeEach(() => {
  known = { id: newId('gen'), status: 'queued', events: [], keys: [] };
  happens('status', { status: 'queued', state: 'pending' });
});

function happens(type: GenerationEvent['type'], data: object, isAnnounced = true) {
  known.events.push({ number: known.events.length + 1, type, data } as GenerationEvent);
  if (isAnnounced) announce();
}
function ends(status: 'succeeded' | 'failed') {
  known.status = status;
  happens('status', { status, state: 'done' }, false);
  happens('done', { status, error: null });
}
function announce() {
  const payload = JSON.stringify({ generation_id: known.id });
  musicgen.connection.publish(generationProgressed.subject, new TextEncoder().encode(payload));
}

async function plays(index: number, text: string) {
  const key = `${known.id}/${index}.mp3`;
  await fs.mkdir(path.join(storage, known.id), { recursive: true });
  await fs.writeFile(path.join(storage, key), text);
  known.keys.push(key);
  announce();
}

const leaving: AbortController[] = [];
afterEach(() => leaving.splice(0).forEach((one) => one.abort()));

/** Opens a stream and collects its text; `ended` settles with it, or rejects when it breaks off. */
async function open(
  where: string,
  headers: Record<string, string> = {},
  credentials: Record<string, string> = { authorization: `Bearer ${token}` },
) {
  const stop = new AbortController();
  leaving.push(stop);
  const response = await fetch(`${gateway.url}${where}`, {
    headers: { ...credentials, ...headers },
    signal: stop.signal,
  });
  const stream = { response, text: '', stop: () => stop.abort(), ended: Promise.resolve('') };
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const piece of response.body ?? []) stream.text += decoder.decode(piece as Uint8Array);
    return stream.text;
  };
  stream.ended = read();
  stream.ended.catch(() => undefined);
  return stream;
}
const follow = (headers?: Record<string, string>, credentials?: Record<string, string>) =>
  open(`/v1/generate/${known.id}/events`, headers, credentials);
const idsOf = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));

describe('the events of a generation', () => {
  it('come as they happen, each once and in order, and end with it', async () => {
    const stream = await follow({ accept: 'application/json' });
    expect(stream.response.status).toBe(200);
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.response.headers.get('cache-control')).toBe('no-store');
    for (const bar of [1, 2, 3]) {
      happens('progress', { fraction: bar / 4, section: 'verse', bar, bars: 4, eta_ms: null });
      await until(() => idsOf(stream.text).includes(bar + 1));
    }
    happens('audio', { index: 0, seconds: 1 });
    ends('succeeded');
    const text = await stream.ended;
    expect(idsOf(text)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(text).toContain(
      'id: 2\nevent: progress\ndata: {"fraction":0.25,"section":"verse","bar":1,"bars":4,"eta_ms":null}\n\n',
    );
    expect(text.endsWith('id: 7\nevent: done\ndata: {"status":"succeeded","error":null}\n\n')).toBe(true);
  });

  it('go on after the last one that the client has seen', async () => {
    for (const bar of [1, 2, 3]) happens('progress', { fraction: 0, section: null, bar, bars: null, eta_ms: null });
    const stream = await follow({ 'last-event-id': '2' });
    await until(() => idsOf(stream.text).length === 2);
    ends('succeeded');
    expect(idsOf(await stream.ended)).toEqual([3, 4, 5, 6]);
  });

  it('are all told after the end, and to who has seen them all that there are no more', async () => {
    ends('failed');
    expect(idsOf(await (await follow()).ended)).toEqual([1, 2, 3]);
    const seen = await follow({ 'last-event-id': '3' });
    expect(seen.response.status).toBe(204);
  });

  it('are found also when nobody announced them', async () => {
    const stream = await follow();
    await until(() => idsOf(stream.text).length === 1);
    happens('progress', { fraction: 0.5, section: null, bar: 2, bars: 4, eta_ms: null }, false);
    await until(() => idsOf(stream.text).length === 2);
  });

  it('are asked for by nobody once the client is gone', async () => {
    questions = [];
    const stream = await follow({ 'x-request-id': 'of-the-one-who-left' });
    const asked = () => questions.filter((id) => id === 'of-the-one-who-left').length;
    await until(() => idsOf(stream.text).length === 1);
    expect(asked()).toBeGreaterThan(0);
    stream.stop();
    const other = await follow();
    // The gateway hears some time that the client is gone; from then on what happens is the other stream's alone.
    await until(async () => {
      const before = asked();
      happens('audio', { index: 0, seconds: 1 });
      await until(() => idsOf(other.text).length === known.events.length);
      return asked() === before;
    }, 'an announcement that makes nobody ask for who is gone');
  });

  it('are nobody’s without a generation, and end when it is deleted', async () => {
    const answer = await gateway.ask(`GET /v1/generate/${newId('gen')}/events`, { token });
    expectError(answer, 'NOT_FOUND');
    const stream = await follow();
    await until(() => idsOf(stream.text).length === 1);
    const { id } = known;
    known.id = newId('gen');
    const payload = JSON.stringify({ generation_id: id });
    musicgen.connection.publish(generationProgressed.subject, new TextEncoder().encode(payload));
    expect(idsOf(await stream.ended)).toEqual([1]);
  });

  it('are told by as many streams as a user may have, and no more', async () => {
    // Somebody new: streams of other tests may still be closing.
    const own = await gateway.register();
    const followAsOwn = () => follow({}, { authorization: `Bearer ${own.token}` });
    const streams = await Promise.all(Array.from({ length: 20 }, followAsOwn));
    expectError(await gateway.ask(`GET /v1/generate/${known.id}/events`, own), 'RATE_LIMIT_EXCEEDED');
    ends('succeeded');
    for (const stream of streams) expect(idsOf(await stream.ended)).toEqual([1, 2, 3]);
    const next = await until(async () => {
      const stream = await followAsOwn();
      return stream.response.status === 200 && stream;
    }, 'a place among the streams');
    expect(idsOf(await next.ended)).toEqual([1, 2, 3]);
  });

  it('end when the key that they were opened with is revoked', async () => {
    const { id, key } = await gateway.addKey(token);
    const stream = await follow({}, { 'x-api-key': key });
    await until(() => idsOf(stream.text).length === 1);
    expect((await gateway.ask(`DELETE /v1/user/api-keys/${id}`, { token })).status).toBeLessThan(300);
    expect(idsOf(await stream.ended)).toEqual([1]);
  });
});

describe('Prefer: wait', () => {
  const create = (prefer: string) =>
    gateway.ask('POST /v1/generate', { token, body: { prompt: 'Calm piano' }, headers: { prefer } });

  it('holds the answer until the generation is over', async () => {
    const asked = create('wait=30');
    const before = known.id;
    await until(() => known.id !== before);
    ends('succeeded');
    const { status, headers, body } = await asked;
    expect({ status, applied: headers.get('preference-applied') }).toEqual({ status: 202, applied: 'wait=30' });
    expect(body).toMatchObject({ id: known.id, status: 'succeeded' });
    expect(headers.get('location')).toBe(`${gateway.url}/v1/generate/${known.id}`);
  });

  it('answers with the generation as it is when the time is over', async () => {
    expect((await create('wait=1')).body).toMatchObject({ id: known.id, status: 'queued' });
    expect((await create('wait=0')).headers.get('preference-applied')).toBe('wait=0');
  });

  it('is ignored where it makes no sense', async () => {
    for (const prefer of ['wait=soon', 'respond-async']) {
      const { status, headers } = await create(prefer);
      expect({ status, applied: headers.get('preference-applied') }).toEqual({ status: 202, applied: null });
    }
  });
});

describe('a preview', () => {
  const listen = (format = 'mp3') => open(`/v1/generate/${known.id}/audio?format=${format}`, { range: 'bytes=0-1' });

  it('is heard while the music is made, and ends with it', async () => {
    const listening = listen();
    await plays(0, 'one ');
    const stream = await listening;
    expect(stream.response.status).toBe(200);
    expect(Object.fromEntries(stream.response.headers)).toMatchObject({
      'content-type': 'audio/mpeg',
      'x-audio-preview': 'true',
      'transfer-encoding': 'chunked',
      'accept-ranges': 'none',
    });
    for (const name of ['etag', 'content-length', 'content-range']) {
      expect(stream.response.headers.has(name)).toBe(false);
    }
    await until(() => stream.text === 'one ');
    await plays(1, 'two ');
    await until(() => stream.text === 'one two ');
    await plays(2, 'three');
    known.status = 'succeeded';
    announce();
    expect(await stream.ended).toBe('one two three');
  });

  it('breaks off when the generation fails, so that nobody takes it for the whole', async () => {
    await plays(0, 'one');
    const stream = await listen();
    await until(() => stream.text === 'one');
    known.status = 'failed';
    announce();
    await expect(stream.ended).rejects.toThrow();
  });

  it('waits for a piece that is made anew', async () => {
    await plays(0, 'one ');
    known.keys.push(`${known.id}/removed.mp3`);
    const stream = await listen();
    await until(() => stream.text === 'one ');
    known.keys.pop();
    await plays(1, 'two');
    known.status = 'succeeded';
    announce();
    expect(await stream.ended).toBe('one two');
  });

  it('is the music itself when that comes first', async () => {
    await fs.mkdir(path.join(storage, known.id), { recursive: true });
    await fs.writeFile(path.join(storage, known.id, 'whole.mp3'), 'whole');
    const listening = open(`/v1/generate/${known.id}/audio?format=mp3`);
    known.status = 'succeeded';
    announce();
    const stream = await listening;
    expect(await stream.ended).toBe('whole');
    expect(stream.response.headers.get('etag')).toBe('"abc"');
  });

  it('is there as MP3 only, and not of what failed', async () => {
    for (const route of ['audio?format=wav', 'audio']) {
      expectError(await gateway.ask(`GET /v1/generate/${known.id}/${route}`, { token }), 'GENERATION_NOT_READY');
    }
    known.status = 'failed';
    expectError(await gateway.ask(`GET /v1/generate/${known.id}/audio?format=mp3`, { token }), 'GENERATION_NOT_READY');
  });
});

const template: Omit<Generation, 'id' | 'status' | 'state'> = {
  progress: { fraction: 0, section: null, bar: null, bars: null, eta_ms: null },
  queue_position: null,
  poll_after_ms: null,
  model: 'composer-1',
  prompt: 'Calm piano',
  title: null,
  seed: 7,
  duration: 30,
  request: {},
  interpretation: null,
  analysis: null,
  engine_version: null,
  bank_sha256: null,
  usage: { generations: 1 },
  error: null,
  metadata: {},
  artefacts: [],
  mode: 'live',
  created_at: '2026-11-20T10:00:00.000Z',
  started_at: null,
  finished_at: null,
};
