import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openEncoder } from './encoder';
import type { AudioTags } from './tags';
import { readWavTags } from './wav-tags';

let folder: string;
beforeAll(async () => (folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tags-'))));
afterAll(() => fs.rm(folder, { recursive: true }));

const plain: AudioTags = {
  title: 'Regen; seed=9 „雨“',
  promptSha256: 'ab'.repeat(32),
  model: 'composer-1',
  seed: 0xffff_ffff,
  generator: '1.0+sound.2',
  digitalSourceType: 'algorithmicMedia',
};

it.each([
  ['few', plain],
  ['all', { ...plain, genre: 'jazz', soundBank: 'A bank', soundBankLicence: 'MIT; with notice' }],
])('reads what was written into a WAV file: %s tags', async (name, tags) => {
  const file = path.join(folder, `${name}.wav`);
  const encoder = await openEncoder('wav', file, { sampleRate: 44_100, frames: 1, tags });
  encoder.write(new Float32Array(1), new Float32Array(1));
  encoder.end();
  expect(await readWavTags(file)).toEqual(tags);
});
