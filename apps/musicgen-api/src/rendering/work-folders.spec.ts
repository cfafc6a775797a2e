import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { inWorkFolder, prepareWorkDir } from './work-folders';

let parent: string;
beforeEach(async () => (parent = await fs.mkdtemp(path.join(os.tmpdir(), 'work-'))));
afterEach(() => fs.rm(parent, { recursive: true }));

const hour = 3_600_000;

describe('work folders', () => {
  it('are gone after the work, also after work that fails', async () => {
    const write = (folder: string) => fs.writeFile(path.join(folder, 'mix.wav'), 'x');
    await inWorkFolder(parent, write);
    await expect(
      inWorkFolder(parent, (folder) => write(folder).then(() => Promise.reject(new Error('no')))),
    ).rejects.toThrow('no');
    expect(await fs.readdir(parent)).toEqual([]);
  });

  it('of killed workers are removed at the next start, and nothing else is', async () => {
    for (const name of ['musicgen-render-old', 'musicgen-render-new', 'other']) await fs.mkdir(path.join(parent, name));
    const longAgo = (Date.now() - 3 * hour) / 1_000;
    for (const name of ['musicgen-render-old', 'other']) await fs.utimes(path.join(parent, name), longAgo, longAgo);
    await prepareWorkDir(parent);
    expect((await fs.readdir(parent)).sort()).toEqual(['musicgen-render-new', 'other']);
  });

  it('have a parent that is made when it is missing', async () => {
    await prepareWorkDir(path.join(parent, 'a/b'));
    await expect(fs.stat(path.join(parent, 'a/b'))).resolves.toBeDefined();
  });
});
