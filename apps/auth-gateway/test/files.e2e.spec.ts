import { AppError } from '@musicgen/error-codes';
import { findArtefact, type FileReference } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { testInfrastructure } from '@musicgen/testing';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { expectError } from './client';
import { startGateway, type TestGateway } from './gateway';

const contents = randomBytes(300_000);
const folder = newId('gen');
const file: FileReference = {
  key: `${folder}/mix.wav`,
  bytes: contents.length,
  sha256: createHash('sha256').update(contents).digest('hex'),
  content_type: 'audio/wav',
  filename: 'My "piece".wav',
};
const route = `/v1/generate/${newId('gen')}/audio`;
const storage = path.join(testInfrastructure().folder, 'storage');

let gateway: TestGateway;
let token: string;
let found: (request: object) => unknown;

beforeAll(async () => {
  await fs.mkdir(path.join(storage, folder), { recursive: true });
  await fs.writeFile(path.join(storage, file.key), contents);
  await fs.writeFile(path.join(storage, folder, 'empty'), '');
  gateway = await startGateway();
  ({ token } = await gateway.register());
  await gateway.answerAs('musicgen', [findArtefact, (request) => found(request)]);
});
beforeEach(() => {
  found = () => file;
});
afterAll(() => gateway?.stop());

async function download(headers: Record<string, string> = {}, { method = 'GET', path: where = route } = {}) {
  const response = await fetch(`${gateway.url}${where}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: Object.fromEntries(response.headers), bytes };
}
const etag = `"${file.sha256}"`;
const whole = { etag, 'accept-ranges': 'bytes', 'content-length': '300000', 'content-type': 'audio/wav' };

describe('a file', () => {
  it('comes whole, byte for byte, as a download that may be kept by its owner', async () => {
    const { status, headers, bytes } = await download();
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      ...whole,
      'cache-control': 'private, max-age=3600',
      'content-disposition': 'attachment; filename="My__piece_.wav"',
      'x-request-id': expect.any(String),
      'ratelimit-policy': expect.any(String),
    });
    expect(bytes.equals(contents)).toBe(true);
  });

  it.each([
    ['bytes=0-99', 0, 99],
    ['bytes=150000-200000', 150_000, 200_000],
    ['bytes=299999-', 299_999, 299_999],
    ['bytes=299000-400000', 299_000, 299_999],
    ['bytes=-500', 299_500, 299_999],
    ['bytes=-400000', 0, 299_999],
  ])('comes in part: %s', async (range, start, end) => {
    const { status, headers, bytes } = await download({ range });
    expect(status).toBe(206);
    expect(headers).toMatchObject({
      etag,
      'content-range': `bytes ${start}-${end}/300000`,
      'content-length': String(end - start + 1),
    });
    expect(bytes.equals(contents.subarray(start, end + 1))).toBe(true);
  });

  it.each(['bytes=300000-', 'bytes=400000-500000', 'bytes=-0'])('has no such part: %s', async (range) => {
    const { status, headers, bytes } = await download({ range });
    expect(status).toBe(416);
    expect(headers).toMatchObject({ 'content-range': 'bytes */300000' });
    expect(bytes).toHaveLength(0);
  });

  it.each(['bytes=x-y', 'lines=1-2', 'bytes', 'bytes=0-1,5-6', 'bytes=5-1'])(
    'comes whole for a range we do not serve: %s',
    async (range) => {
      expect(await download({ range })).toMatchObject({ status: 200, headers: whole });
    },
  );

  it.each([etag, `W/${etag}`, `"other", ${etag}`, '*'])('does not come again to who has it: %s', async (tags) => {
    const { status, headers, bytes } = await download({ 'if-none-match': tags, range: 'bytes=0-99' });
    expect(status).toBe(304);
    expect(headers).toMatchObject({ etag });
    expect(bytes).toHaveLength(0);
  });

  it('comes in part only to who has the rest of this very version', async () => {
    const range = 'bytes=0-99';
    expect((await download({ range, 'if-range': etag })).status).toBe(206);
    expect((await download({ range, 'if-range': '"other"' })).status).toBe(200);
    expect((await download({ 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('is described by HEAD, with its length', async () => {
    for (const headers of [{}, { range: 'bytes=0-99' }] as Record<string, string>[]) {
      const head = await download(headers, { method: 'HEAD' });
      expect(head).toMatchObject({ status: 200, headers: whole });
      expect(head.bytes).toHaveLength(0);
    }
  });

  it('may be empty', async () => {
    found = () => ({ ...file, key: `${folder}/empty`, bytes: 0 });
    expect(await download()).toMatchObject({ status: 200, headers: { 'content-length': '0' } });
  });

  it('is asked for by what the address says', async () => {
    const asked: object[] = [];
    found = (request) => {
      asked.push(request);
      return file;
    };
    const id = newId('gen');
    for (const where of ['audio', 'audio?format=mp3', 'stems/lead%20synth', 'midi', 'waveform']) {
      expect((await download({}, { path: `/v1/generate/${id}/${where}` })).status).toBe(200);
    }
    expect(asked).toEqual([
      { id, kind: 'mix' },
      { id, kind: 'mix', format: 'mp3' },
      { id, kind: 'stem', name: 'lead synth' },
      { id, kind: 'midi' },
      { id, kind: 'waveform' },
    ]);
  });

  it('can be left in the middle without harm', async () => {
    const stopping = new AbortController();
    const response = await fetch(`${gateway.url}${route}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: stopping.signal,
    });
    await response.body!.getReader().read();
    stopping.abort();
    expect((await download()).status).toBe(200);
  });
});

describe('a file that is not in the storage', () => {
  const ask = (headers = {}) => gateway.ask(`GET ${route}`, { token, headers });

  it.each([
    ['is missing', { key: `${folder}/missing` }],
    ['has another length', { bytes: 7 }],
    ['is a folder', { key: folder }],
  ])('as it should be is our mistake, said cleanly: it %s', async (_, change) => {
    found = () => ({ ...file, ...change });
    for (const headers of [{}, { range: 'bytes=0-1' }]) {
      const answer = await ask(headers);
      expectError(answer, 'INTERNAL_ERROR');
      for (const name of ['etag', 'accept-ranges', 'content-disposition']) expect(answer.headers.has(name)).toBe(false);
    }
  });

  it('any more is NOT_FOUND when it was deleted while it was asked for', async () => {
    let isThere = true;
    found = () => {
      if (!isThere) throw new AppError('NOT_FOUND');
      isThere = false;
      return { ...file, key: `${folder}/missing` };
    };
    expectError(await ask(), 'NOT_FOUND');
  });

  it('yet, or not any more, is told by its service', async () => {
    for (const code of ['GENERATION_NOT_READY', 'GONE'] as const) {
      found = () => {
        throw new AppError(code, { details: 'for a reason' });
      };
      expectError(await ask({ range: 'bytes=0-1' }), code, 'for a reason');
    }
  });
});
