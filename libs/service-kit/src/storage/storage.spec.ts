import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Storage } from './storage';

let folder: string;
let storage: Storage;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'storage-'));
  storage = new Storage(path.join(folder, 'kept'));
});
afterEach(() => fs.rm(folder, { recursive: true }));

const put = (key: string, contents: string) => storage.putStream(key, Readable.from([Buffer.from(contents)]));

describe('Storage', () => {
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

  it.each(['', '/', '.', 'a/..', '../..'])('never removes everything: prefix "%s" is refused', async (prefix) => {
    await put('a', 'x');
    await expect(storage.removeAll(prefix)).rejects.toThrow();
    expect(await storage.exists('a')).toBe(true);
  });

  it.each(['../secret', '/../secret', 'a/../../secret'])('never leaves its folder: key "%s"', async (key) => {
    await fs.writeFile(path.join(folder, 'secret'), 'secret');
    await expect(text(storage.read(key))).rejects.toThrow('ENOENT');
    const file = path.join(folder, 'file');
    await fs.writeFile(file, 'x');
    await storage.moveIn(key, file).catch(() => undefined);
    expect(await fs.readFile(path.join(folder, 'secret'), 'utf8')).toBe('secret');
  });
});
