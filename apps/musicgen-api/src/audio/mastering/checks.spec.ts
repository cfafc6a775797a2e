import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEncoder } from '../encoder';
import { checkAudible, checkMaster, checkStems, checkWavLength } from './checks';
import { stereo } from '../stereo';
import { Spool } from './spool';

const GOOD = { loudness: -14.1, truePeak: -1.2, frames: 44100 };
const TAGS = {
  title: '',
  promptSha256: '',
  model: '',
  seed: 0,
  generator: '',
  digitalSourceType: 'algorithmicMedia' as const,
};

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'checks-'))));
afterEach(() => rmSync(folder, { recursive: true }));

async function constantWav(name: string, value: number): Promise<{ path: string }> {
  const path = join(folder, name);
  const encoder = await openEncoder('wav', path, { sampleRate: 44100, frames: 100, tags: TAGS });
  encoder.write(new Float32Array(100).fill(value), new Float32Array(100).fill(value));
  encoder.end();
  return { path };
}

describe('checkMaster', () => {
  it('passes what keeps every promise', () => {
    expect(() => checkMaster(GOOD, 1)).not.toThrow();
  });

  it.each([
    [{ truePeak: -0.9 }, 'clipped'],
    [{ truePeak: NaN }, 'clipped'],
    [{ frames: 44099 }, 'length'],
    [{ loudness: -14.31 }, 'loudness'],
    [{ loudness: -13.6 }, 'loudness'],
    [{ loudness: NaN }, 'loudness'],
  ])('names what is wrong with %j', (wrong, check) => {
    expect(() => checkMaster({ ...GOOD, ...wrong }, 1)).toThrow(expect.objectContaining({ check }));
  });
});

describe('checkAudible', () => {
  it('names silence, which is what an emptied bank renders', () => {
    const levels = { peaks: new Float32Array(2000), energies: new Float32Array(2000), loop: false };
    expect(() => checkAudible(levels)).toThrow(expect.objectContaining({ check: 'silent' }));
    expect(() => checkAudible({ ...levels, energies: new Float32Array(2000).fill(1e-3) })).not.toThrow();
  });
});

describe('checkWavLength', () => {
  it('notices a file that was cut short', async () => {
    const { path } = await constantWav('cut.wav', 0.5);
    expect(() => checkWavLength(path, 100)).not.toThrow();
    truncateSync(path, 600);
    expect(() => checkWavLength(path, 100)).toThrow(expect.objectContaining({ check: 'length' }));
  });
});

describe('checkStems', () => {
  it('passes stems that add up and names those that do not', async () => {
    const spool = new Spool(join(folder, 'mix'));
    const mix = stereo(100);
    mix.left.fill(0.75);
    mix.right.fill(0.75);
    spool.append(mix, 100);
    const stems = [await constantWav('a.wav', 0.5), await constantWav('b.wav', 0.25)];
    await expect(checkStems(stems, spool)).resolves.toBeUndefined();
    await expect(checkStems(stems.slice(1), spool)).rejects.toMatchObject({ check: 'stems' });
    spool.discard();
  });
});
