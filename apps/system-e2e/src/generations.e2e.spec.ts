import {
  Closer,
  migratedDatabase,
  startService,
  startTestNats,
  startTestS3,
  until,
  type TestS3,
} from '@musicgen/testing';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { newUser, type Client } from './client';

// The gateway and musicgen-api as processes, with their files in a bucket as on more than one machine.

let s3: TestS3;
let folder: string;
let url: string;
let user: Client;
const closer = new Closer();

beforeAll(async () => {
  folder = await closer.open(fs.mkdtemp(path.join(os.tmpdir(), 'generations-e2e-')), (made) =>
    fs.rm(made, { recursive: true, force: true }),
  );
  s3 = await closer.open(startTestS3(), ({ close }) => close());
  const nats = await closer.open(startTestNats(), ({ close }) => close());
  const shared = {
    NATS_URL: nats.url,
    STORAGE_DIR: folder,
    S3_BUCKET: s3.bucket,
    S3_REGION: s3.region,
    S3_ENDPOINT: s3.endpoint,
    S3_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    S3_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    ANONYMOUS_PER_HOUR: '1000000',
    ANONYMOUS_BURST: '1000000',
    RENDER_PROCESSES: '1',
  };
  for (const service of ['musicgen', 'auth'] as const) {
    const database = await closer.open(migratedDatabase(service), ({ drop }) => drop());
    const started = await closer.open(startService(service, database, shared), ({ stop }) => stop());
    url = started.url;
  }
});
afterAll(closer.close);

/** For each part somebody else, so that nobody asks more often than he may. */
const asUser = (name: string) =>
  beforeAll(async () => (user = await newUser(url, name, 'test', ['generate', 'webhooks:manage'])));

async function make(request: object) {
  const { status, body } = await user('POST', '/v1/generate', request);
  expect([status, body.error]).toEqual([202, null]);
  return until(async () => {
    const { body: now } = await user('GET', `/v1/generate/${body.id}`);
    return now.state === 'done' && now;
  }, 'the piece to be made');
}

describe('a request that cannot be followed', () => {
  asUser('ada');
  const piece = { prompt: 'Calm piano', duration: 1 };
  it.each<[string, object, string[]]>([
    ['no prompt', { duration: 1 }, ['prompt']],
    ['an empty prompt', { ...piece, prompt: ' \n ' }, ['prompt']],
    ['2,001 characters', { ...piece, prompt: 'a'.repeat(2_001) }, ['prompt']],
    ['a prompt that is no text', { ...piece, prompt: 7 }, ['prompt']],
    ['0.4 s', { ...piece, duration: 0.4 }, ['duration']],
    ['10 hours', { ...piece, duration: 36_000 }, ['duration']],
    ['more than test mode has', { ...piece, duration: 31 }, ['duration']],
    ['a duration in words', { ...piece, duration: '30' }, ['duration']],
    ['a negative seed', { ...piece, seed: -1 }, ['seed']],
    ['a broken seed', { ...piece, seed: 1.5 }, ['seed']],
    ['a tempo of snails', { ...piece, tempo: 39 }, ['tempo']],
    ['a key that is none', { ...piece, key: 'H dur' }, ['key']],
    ['an unknown metre', { ...piece, time_signature: '5/4' }, ['time_signature']],
    ['an unknown genre', { ...piece, genre: 'yodelcore' }, ['genre']],
    ['an unknown instrument', { ...piece, instruments: ['piano', 'theremin-o-phone'] }, ['instruments.1']],
    ['what is asked for and excluded', { ...piece, instruments: ['piano'], exclude: ['piano'] }, ['instruments.0']],
    ['bars that do not fit the time', { ...piece, structure: [{ name: 'verse', bars: 64 }] }, ['structure']],
    ['a section of no bars', { ...piece, structure: [{ name: 'verse', bars: 0 }] }, ['structure.0.bars']],
    ['an unknown format', { ...piece, formats: ['aiff'] }, ['formats.0']],
    ['no format', { ...piece, formats: [] }, ['formats']],
    ['a format twice', { ...piece, formats: ['wav', 'wav'] }, ['formats']],
    ['an unknown model', { ...piece, model: 'composer-0' }, ['model']],
    [
      '17 pairs of metadata',
      { ...piece, metadata: Object.fromEntries([...'abcdefghijklmnopq'].map((c) => [c, c])) },
      ['metadata'],
    ],
    ['an unknown field', { ...piece, lyrics: 'la' }, ['lyrics']],
    ['a webhook of nobody', { ...piece, webhook_url: 'https://example.com/hook' }, ['webhook_url']],
    ['a webhook that is no address', { ...piece, webhook_url: 'javascript:alert(1)' }, ['webhook_url']],
    ['a check that is not there yet', { ...piece, check_originality: true }, ['check_originality']],
    ['a variation of nothing', { ...piece, variation_of: 'gen_01KA3V5T9ZXJ8Q4N6M2R7W1YBC' }, ['variation_of']],
    ['an extension of no id', { ...piece, extend_of: 'x' }, ['extend_of']],
    ['several mistakes', { prompt: '', tempo: 1, formats: [] }, ['prompt', 'tempo', 'formats']],
  ])('is refused with the name of the field: %s', async (_, request, fields) => {
    const { status, body } = await user('POST', '/v1/generate', request);
    expect([status, body.error.code]).toEqual([400, 'VALIDATION_FAILED']);
    expect(body.error.data.fields.map(({ path }: { path: string }) => path)).toEqual(fields);
    for (const { problem } of body.error.data.fields) expect(problem).toMatch(/./);
  });
});

describe('a prompt that says little to the composer', () => {
  asUser('ben');
  it.each([
    ['emoji', '🎹🔥 🌊', []],
    ['another script', '静かなピアノ', ['静かなピアノ']],
    ['from right to left', 'موسيقى هادئة', ['موسيقى', 'هادئة']],
    ['another language', 'fröhliche Blasmusik mit Tuba', ['fröhliche', 'Blasmusik']],
    ['voices', 'pop song with vocals', ['vocals']],
    ['signs', `'"; DROP TABLE generations; -- \\u0000 <b>`, ['TABLE']],
    ['2,000 characters', 'drone '.repeat(333).trim(), []],
  ])('is music all the same, and what had no effect is told: %s', async (_, prompt, ignored) => {
    const done = await make({ prompt, duration: 1, formats: ['mp3'] });
    expect(done).toMatchObject({ status: 'succeeded', prompt });
    expect(done.interpretation.ignored).toEqual(expect.arrayContaining(ignored));
  });

  it('loses against a parameter', async () => {
    const request = {
      prompt: 'fast jazz in C major at 180 bpm',
      tempo: 70,
      key: 'A minor',
      genre: 'house',
      duration: 2,
    };
    const { interpretation } = await make({ ...request, formats: ['mp3'] });
    for (const [name, value] of Object.entries({ tempo: 70, key: 'A minor', genre: 'house' })) {
      expect(interpretation[name]).toEqual({ value, from: 'parameter' });
    }
  });
});

describe('files in a bucket', () => {
  asUser('cora');
  it('come through the gateway whole, in part, by their links and all together, and go with their generation', async () => {
    const done = await make({ prompt: 'Slow blues', duration: 2, formats: ['wav'], midi: true });
    const objects = () =>
      [...s3.objects].filter(([key]) => key.startsWith(`generations/${done.id}/`) && !key.includes('preview'));
    const wav = objects().find(([key]) => key.endsWith('.wav'))![1].contents;
    const link = done.artefacts.find(({ kind }: { kind: string }) => kind === 'mix').url;
    const linked = await fetch(link);
    expect(Buffer.from(await linked.arrayBuffer()).equals(wav)).toBe(true);
    const part = await fetch(link, { headers: { range: 'bytes=1000-1999' } });
    expect(Buffer.from(await part.arrayBuffer()).equals(wav.subarray(1_000, 2_000))).toBe(true);
    expect((await user('GET', `/v1/generate/${done.id}/audio?format=ogg`)).status).toBe(200);
    expect(objects().some(([key]) => key.endsWith('.ogg'))).toBe(true);
    const zip = await user('GET', `/v1/generate/${done.id}/download`);
    expect([zip.status, zip.headers.get('content-type')]).toEqual([200, 'application/zip']);
    const again = await make({ prompt: 'Slow blues', duration: 2, formats: ['wav'], midi: true, seed: done.seed });
    const hashes = (of: typeof done) => of.artefacts.map(({ sha256 }: { sha256: string }) => sha256);
    expect(hashes(again)).toEqual(hashes(done));
    expect((await user('DELETE', `/v1/generate/${done.id}`)).status).toBe(204);
    expect(objects()).toEqual([]);
    expect((await user('GET', `/v1/generate/${again.id}/audio`)).status).toBe(200);
  });
});

describe('a piece that comes of another', () => {
  asUser('dora');
  it('keeps its tempo, key and form as a variation, and its tempo and key as an extension', async () => {
    const first = await make({ prompt: 'Folk song', duration: 6, formats: ['mp3'], seed: 3 });
    const request = { prompt: 'again', formats: ['mp3'], seed: 4 };
    const variation = await make({ ...request, variation_of: first.id });
    expect(variation.analysis).toMatchObject({ tempo: first.analysis.tempo, key: first.analysis.key });
    expect(variation.analysis.sections).toEqual(first.analysis.sections);
    const extension = await make({ ...request, duration: 8, extend_of: first.id });
    expect(extension.analysis).toMatchObject({ tempo: first.analysis.tempo, key: first.analysis.key });
    const hashOf = ({ artefacts: [file] }: typeof first) => file.sha256;
    expect(new Set([first, variation, extension].map(hashOf)).size).toBe(3);
  });

  it('may name one of its user’s webhooks', async () => {
    const hook = { url: 'https://example.com/music', events: ['generation.failed'] };
    expect((await user('POST', '/v1/webhooks', hook)).status).toBe(201);
    const done = await make({ prompt: 'x', duration: 1, formats: ['mp3'], webhook_url: hook.url });
    expect(done.request).toMatchObject({ webhook_url: hook.url });
  });
});
