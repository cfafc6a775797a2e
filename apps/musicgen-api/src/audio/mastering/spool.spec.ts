import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stereo } from '../stereo';
import { Spool } from './spool';

const FRAMES = 40_000;

function ramp(from: number, frames: number) {
  const left = Float32Array.from({ length: frames }, (_, i) => from + i);
  return { left, right: left.map((value) => -value) };
}

describe('a spool', () => {
  let folder: string;
  let spool: Spool;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'spool-'));
    spool = new Spool(join(folder, 'mix'));
  });

  afterEach(() => {
    spool.discard();
    rmSync(folder, { recursive: true });
  });

  it.each([64, 1000, 16_384, FRAMES])('gives back what came in pieces of %d frames, from anywhere', (piece) => {
    for (let at = 0; at < FRAMES; at += piece) {
      const frames = Math.min(piece, FRAMES - at);
      spool.append(ramp(at, frames), frames);
    }
    expect(spool.frames).toBe(FRAMES);
    for (const start of [0, 12_345, FRAMES - 500]) {
      const heard = stereo(500);
      spool.read(start, 500, heard);
      expect(heard).toEqual(ramp(start, 500));
    }
  });

  it('holds nothing of what was before it was rewound', () => {
    spool.append(ramp(7, 30_000), 30_000);
    spool.rewind();
    expect(spool.frames).toBe(0);
    spool.append(ramp(0, 100), 100);
    const heard = stereo(100);
    spool.read(0, 100, heard);
    expect(heard).toEqual(ramp(0, 100));
  });

  it('says so when it is asked for more than it holds', () => {
    spool.append(ramp(0, 100), 100);
    expect(() => spool.read(50, 100, stereo(100))).toThrow('shorter than the piece');
  });
});
