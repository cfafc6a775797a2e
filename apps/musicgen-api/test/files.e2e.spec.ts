import {
  createGeneration,
  getGeneration,
  listArtefacts,
  listProvenanceKeys,
  type Principal,
} from '@musicgen/platform-contracts';
import { newCall, newId, RpcClient } from '@musicgen/service-kit';
import { Closer, root, startService, startTestNats, testDatabase, until } from '@musicgen/testing';
import type { TestDatabase, TestNats } from '@musicgen/testing';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { database } from '../src/persistence/data-source';
import { makeCall } from './factories';

// Programs that have nothing in common with this code read what it makes: they come from the Debian packages that the
// README names, and a missing one fails.

let db: TestDatabase;
let nats: TestNats;
let rpc: RpcClient;
let folder: string;
let owner: Principal;
let id: string;
/** By what each file is called. */
let files: string[];

const seconds = 3.7;
const frames = Math.round(seconds * 44_100);
const formats = ['wav', 'flac', 'mp3', 'ogg'] as const;
const prompt = 'Calm piano and strings in A minor, „Regen“ 雨';
const pathOf = (name: string) => path.join(folder, 'download', name);
const mix = (format: string) => pathOf(`sea.${format}`);

const closer = new Closer();
beforeAll(async () => {
  [db, nats] = await Promise.all([
    closer.open(testDatabase(database), ({ drop }) => drop()),
    closer.open(startTestNats(), ({ close }) => close()),
  ]);
  rpc = new RpcClient(await nats.connect('auth'), 'auth');
  folder = await closer.open(fs.mkdtemp(path.join(os.tmpdir(), 'files-e2e-')), (made) =>
    fs.rm(made, { recursive: true, force: true }),
  );
  const storage = path.join(folder, 'storage');
  const env = { NATS_URL: nats.url, STORAGE_DIR: storage, RENDER_PROCESSES: '1' };
  await closer.open(startService('musicgen', db, env), ({ stop }) => stop('SIGKILL'));
  ({ principal: owner } = makeCall());
  id = newId('gen');
  const request = { prompt, title: 'Sea', duration: seconds, seed: 11, formats: [...formats], stems: true, midi: true };
  await rpc.call(createGeneration, { id, request }, makeCall(owner));
  await until(async () => {
    const { status, error } = await rpc.call(getGeneration, { id }, makeCall(owner));
    if (status === 'failed') throw new Error(error?.message);
    return status === 'succeeded';
  }, 'the piece to be made');
  const listed = await rpc.call(listArtefacts, { id }, makeCall(owner));
  await fs.mkdir(pathOf(''));
  for (const { key, filename } of listed.files) await fs.copyFile(path.join(storage, key), pathOf(filename));
  await fs.writeFile(pathOf('provenance.json'), JSON.stringify(listed.provenance));
  files = listed.files.map(({ filename }) => filename);
  const keys = await rpc.call(listProvenanceKeys, {}, newCall());
  await fs.writeFile(path.join(folder, 'keys.json'), JSON.stringify(keys));
});
afterAll(closer.close);

/** What a program prints; it must be there and end well. */
function run(program: string, ...args: string[]): Buffer {
  const { error, status, stdout, stderr } = spawnSync(program, args, { maxBuffer: 1 << 28 });
  if (error) throw new Error(`${program} is needed for this test: ${error.message}`);
  expect([program, status, String(stderr)]).toEqual([program, 0, expect.any(String)]);
  return stdout;
}
const probe = (file: string) =>
  JSON.parse(run('ffprobe', '-v', 'error', '-show_streams', '-show_format', '-of', 'json', file).toString()) as {
    streams: { codec_name: string; sample_rate: string; channels: number; tags?: Record<string, string> }[];
    format: { tags?: Record<string, string> };
  };
const decodedFrames = (file: string) =>
  run('ffmpeg', '-v', 'error', '-i', file, '-f', 's16le', '-ac', '2', '-ar', '44100', '-').length / 4;
/** Names of tags are written in many ways. */
function tagsOf(file: string): Map<string, string> {
  const { streams, format } = probe(file);
  const all = { ...streams[0]!.tags, ...format.tags };
  return new Map(Object.entries(all).map(([name, value]) => [name.toLowerCase(), value]));
}

describe('a file, to programs of other makes', () => {
  it.each([
    ['wav', 'pcm_s24le'],
    ['flac', 'flac'],
    ['mp3', 'mp3'],
    ['ogg', 'vorbis'],
  ])('is %s as %s, in stereo, of exactly the length that was asked for', (format, codec) => {
    expect(probe(mix(format)).streams).toMatchObject([{ codec_name: codec, sample_rate: '44100', channels: 2 }]);
    expect(decodedFrames(mix(format))).toBe(frames);
  });

  it('passes the tests of flac and sox', () => {
    run('flac', '--test', '--silent', '--warnings-as-errors', mix('flac'));
    for (const format of ['wav', 'flac', 'ogg']) expect(Number(run('soxi', '-s', mix(format)))).toBe(frames);
  });

  it('of FLAC holds the very samples of the WAV', () => {
    const samples = (format: string) => run('ffmpeg', '-v', 'error', '-i', mix(format), '-f', 's24le', '-');
    expect(samples('flac').equals(samples('wav'))).toBe(true);
  });

  it('is as long as the mix when it is a stem', () => {
    const stems = files.filter((name) => /^sea-.+\.wav$/.test(name));
    expect(stems.length).toBeGreaterThan(1);
    for (const stem of stems) expect(Number(run('soxi', '-s', pathOf(stem)))).toBe(frames);
  });

  it.each(formats)('tells in its own tags where it comes from: %s', (format) => {
    const tags = tagsOf(mix(format));
    const version = JSON.stringify([...tags]);
    expect(tags.get('title')).toBe('Sea');
    expect(version).toMatch(/composer-\d+\.\d+\.\d+\+sound\.\d+/);
    const told = {
      model: 'composer-1',
      seed: '11',
      prompt_sha256: createHash('sha256').update(prompt).digest('hex'),
      digital_source_type: 'algorithmicMedia',
    };
    for (const [name, value] of Object.entries(told)) {
      // WAV has one field for what has none of its own.
      if (format === 'wav') expect(tags.get('comment')).toContain(`${name}=${value}`);
      else expect([name, tags.get(name)]).toEqual([name, value]);
    }
    expect(version).not.toContain('Calm piano');
  });
});

describe('the provenance of a real piece', () => {
  const verify = () => {
    const args = [path.join(root, 'tools/verify-provenance/verify.mjs'), pathOf(''), path.join(folder, 'keys.json')];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return { status, stderr, lines: stdout.trim().split('\n') };
  };

  it('proves every file of it', () => {
    const { status, lines, stderr } = verify();
    expect([status, stderr]).toEqual([0, '']);
    expect(lines.toSorted()).toEqual(files.map((name) => `authentic     ${name}`).toSorted());
  });

  it('proves a file no more after one bit of it was changed', async () => {
    const file = await fs.open(mix('mp3'), 'r+');
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 20_000);
    await file.write(Buffer.from([buffer[0]! ^ 1]), 0, 1, 20_000);
    await file.close();
    const { status, lines } = verify();
    expect(status).toBe(1);
    expect(lines.filter((line) => line.startsWith('NOT'))).toEqual(['NOT authentic sea.mp3']);
  });
});
