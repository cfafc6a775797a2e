import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { findSoundBank } from './sound-bank';

let folder: string;
beforeEach(async () => (folder = await fs.mkdtemp(path.join(os.tmpdir(), 'bank-'))));
afterEach(() => fs.rm(folder, { recursive: true }));

test('takes the file that is named', async () => {
  const file = path.join(folder, 'my.sf3');
  await fs.writeFile(file, 'RIFF');
  expect(await findSoundBank({ file, cacheDir: folder })).toEqual({ path: file });
});

test('gives the reason instead of throwing when the named file is not there', async () => {
  const file = path.join(folder, 'my.sf3');
  expect(await findSoundBank({ file, cacheDir: folder })).toEqual({
    path: null,
    reason: `SOUND_BANK names ${file}, which is no file`,
  });
});
