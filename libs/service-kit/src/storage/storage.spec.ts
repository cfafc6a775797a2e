import { once } from 'node:events';
import fs from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { startTestS3, type TestS3 } from '@musicgen/testing';
import { Bucket } from './bucket';
import { Storage } from './storage';

let folder: string;
let s3: TestS3;
let storage: Storage;

beforeAll(async () => (s3 = await startTestS3()));
beforeEach(async () => (folder = await fs.mkdtemp(path.join(os.tmpdir(), 'storage-'))));
afterEach(async () => {
  s3.objects.clear();
  await fs.rm(folder, { recursive: true });
});
afterAll(() => s3?.close());

const put = (key: string, contents: string) => storage.putStream(key, Readable.from([Buffer.from(contents)]));

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const places = {
  'a folder': () => new Storage(path.join(folder, 'kept')),
  'a bucket': () => new Storage(new Bucket(s3)),
};

describe.each(Object.entries(places))('Storage in %s', (_, make) => {
  beforeEach(() => (storage = make()));

  it('takes a local file in: it is under its key afterwards, and gone from where it was', async () => {
    const file = path.join(folder, 'song.wav');
    await fs.writeFile(file, 'sound');
    await storage.moveIn('generations/gen_1/1/mix.wav', file);
    expect(await text(storage.read('generations/gen_1/1/mix.wav'))).toBe('sound');
    await expect(fs.access(file)).rejects.toThrow('ENOENT');
  });

  it('takes a file in over an older one of the same key', async () => {
    await put('a/b', 'old');
    const file = path.join(folder, 'new');
    await fs.writeFile(file, 'new');
    await storage.moveIn('a/b', file);
    expect(await text(storage.read('a/b'))).toBe('new');
  });

  it('refuses to take in what is not there, and leaves nothing under the key', async () => {
    await expect(storage.moveIn('a/b', path.join(folder, 'nothing'))).rejects.toThrow('ENOENT');
    expect(await storage.exists('a/b')).toBe(false);
  });

  it('takes nothing in any more once it is told to stop', async () => {
    const file = path.join(folder, 'song.wav');
    await fs.writeFile(file, 'sound');
    await expect(storage.moveIn('a/b', file, AbortSignal.abort(new Error('canceled')))).rejects.toThrow('canceled');
    expect(await storage.exists('a/b')).toBe(false);
    expect(await fs.readFile(file, 'utf8')).toBe('sound');
  });

  it('reads a range of bytes, both ends included', async () => {
    await put('a', '0123456789');
    expect(await text(storage.read('a', { start: 2, end: 4 }))).toBe('234');
    expect(await storage.size('a')).toBe(10);
  });

  it('tells a file that is there from one that is not', async () => {
    await put('a/b', 'x');
    expect(await storage.exists('a/b')).toBe(true);
    expect(await storage.exists('a/c')).toBe(false);
    await expect(storage.size('a/c')).rejects.toThrow();
  });

  it('removes everything below a prefix and nothing beside it', async () => {
    await put('generations/gen_1/1/mix.wav', 'x');
    await put('generations/gen_1/2/mix.wav', 'x');
    await put('generations/gen_10/1/mix.wav', 'x');
    await storage.removeAll('generations/gen_1');
    expect(await storage.exists('generations/gen_1/2/mix.wav')).toBe(false);
    expect(await storage.exists('generations/gen_10/1/mix.wav')).toBe(true);
  });

  it('does not mind removing what is not there', async () => {
    await expect(storage.removeAll('generations/gen_1')).resolves.toBeUndefined();
  });

  it('tells one start from another whose number begins alike', async () => {
    for (const start of ['1', '10']) await put(`gen_1/${start}/mix.wav`, 'x');
    await storage.removeAll('gen_1/1/');
    expect(await storage.exists('gen_1/1/mix.wav')).toBe(false);
    expect(await storage.exists('gen_1/10/mix.wav')).toBe(true);
  });

  it('copies a file: each is there without the other', async () => {
    await put('a/b.wav', 'sound');
    await storage.copy('a/b.wav', 'c');
    await storage.removeAll('a/b.wav');
    expect(await text(storage.read('c'))).toBe('sound');
    await expect(storage.copy('a/b.wav', 'd')).rejects.toThrow();
    expect(await storage.exists('d')).toBe(false);
  });

  it('lists the folders below a prefix, and all files at any depth, however many', async () => {
    const keys = Array.from({ length: 8 }, (_, i) => `generations/gen_${i}/1/mix.wav`);
    for (const key of [...keys, 'incoming/file']) await put(key, 'x');
    const folders = await all(storage.folders('generations'));
    expect(folders.sort()).toEqual(Array.from({ length: 8 }, (_, i) => `gen_${i}`));
    const files = await all(storage.files('generations/'));
    expect(files.map(({ key }) => key).sort()).toEqual(keys);
    for (const { modifiedAt } of files) expect(Math.abs(Date.now() - modifiedAt.getTime())).toBeLessThan(60_000);
    expect(await all(storage.files('nothing'))).toEqual([]);
    expect(await all(storage.folders('nothing'))).toEqual([]);
  });

  it.each(['', '/', '.', 'a/..', '../..'])('never removes everything: prefix "%s" is refused', async (prefix) => {
    await put('a', 'x');
    await expect(storage.removeAll(prefix)).rejects.toThrow();
    expect(await storage.exists('a')).toBe(true);
  });

  it.each(['../secret', '/../secret', 'a/../../secret'])('never leaves its folder: key "%s"', async (key) => {
    await fs.writeFile(path.join(folder, 'secret'), 'secret');
    await expect(text(storage.read(key))).rejects.toThrow(/ENOENT|NoSuchKey/);
    const file = path.join(folder, 'file');
    await fs.writeFile(file, 'x');
    await storage.moveIn(key, file).catch(() => undefined);
    expect(await fs.readFile(path.join(folder, 'secret'), 'utf8')).toBe('secret');
  });
});

it('gives an upload up in the middle when it is told to stop, and keeps the file', async () => {
  const stop = new AbortController();
  // It never answers.
  const server = http.createServer(() => stop.abort());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const closed = once(server, 'close');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const file = path.join(folder, 'song.wav');
  await fs.writeFile(file, Buffer.alloc(1 << 24));
  await expect(new Storage(new Bucket({ ...s3, endpoint })).moveIn('a', file, stop.signal)).rejects.toThrow('aborted');
  expect((await fs.stat(file)).size).toBe(1 << 24);
  // Nothing is held open: it closes by itself.
  server.close();
  await closed;
});
