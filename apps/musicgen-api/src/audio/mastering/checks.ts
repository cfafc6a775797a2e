import { statSync } from 'node:fs';
import { setImmediate as nextTick } from 'node:timers/promises';
import { WavReader } from '../wav-reader';
import { mixLoudness } from './limiter';
import type { BlockLevels } from './limiter';
import { MASTER_LUFS, MASTER_LUFS_TOLERANCE, MASTER_TRUE_PEAK_DB } from './master';
import type { MasterMeasures } from './master';
import { stereo } from '../stereo';
import type { Spool } from './spool';
import { SAMPLE_RATE } from '../stereo';

/** What can be wrong with a finished piece. */
export type CheckName = 'silent' | 'clipped' | 'length' | 'loudness' | 'stems';

/** A piece that must not be served. */
export class CheckFailedError extends Error {
  constructor(
    readonly check: CheckName,
    reason: string,
  ) {
    super(`Check "${check}" failed: ${reason}`);
    this.name = 'CheckFailedError';
  }
}

/** An empty bank renders without an error: nothing but this notices. */
const SILENCE_LUFS = -50;
const STEMS_TOLERANCE = 1e-4;
const CHUNK_FRAMES = 1 << 14;

/** The mix has something in it to be mastered. */
export function checkAudible(levels: BlockLevels): void {
  const loudness = mixLoudness(levels);
  if (!(loudness >= SILENCE_LUFS)) throw new CheckFailedError('silent', `the mix has ${loudness.toFixed(1)} LUFS`);
}

/** The master is whole, as loud as promised and not over the peak. Written so that NaN fails. */
export function checkMaster({ loudness, truePeak, frames }: MasterMeasures, durationSeconds: number): void {
  const wanted = Math.round(durationSeconds * SAMPLE_RATE);
  if (!(truePeak <= MASTER_TRUE_PEAK_DB)) throw new CheckFailedError('clipped', `${truePeak.toFixed(2)} dBTP`);
  if (frames !== wanted) throw new CheckFailedError('length', `${frames} frames instead of ${wanted}`);
  if (!(Math.abs(loudness - MASTER_LUFS) <= MASTER_LUFS_TOLERANCE)) {
    throw new CheckFailedError('loudness', `${loudness.toFixed(2)} LUFS instead of ${MASTER_LUFS}`);
  }
}

/** The file holds what was measured: its header says so, and its bytes are there. */
export function checkWavLength(path: string, frames: number): void {
  const reader = new WavReader(path);
  const { layout } = reader;
  reader.close();
  const missing = layout.dataAt + frames * 6 - statSync(path).size;
  if (layout.frames !== frames || missing !== 0)
    throw new CheckFailedError('length', `${path} does not hold ${frames}`);
}

/** The stems, as they stand on disk, add up to the mix before mastering. */
export async function checkStems(stems: readonly { path: string }[], mix: Spool, signal?: AbortSignal): Promise<void> {
  const readers: WavReader[] = [];
  try {
    for (const { path } of stems) readers.push(new WavReader(path));
    const expected = stereo(CHUNK_FRAMES);
    for (let position = 0; position < mix.frames; position += CHUNK_FRAMES) {
      await nextTick(undefined, { signal });
      const frames = Math.min(CHUNK_FRAMES, mix.frames - position);
      mix.read(position, frames, expected);
      for (const reader of readers) subtract(expected, reader.read(frames), frames);
      const error = Math.max(largest(expected.left, frames), largest(expected.right, frames));
      if (!(error <= STEMS_TOLERANCE)) throw new CheckFailedError('stems', `they differ from the mix by ${error}`);
    }
  } finally {
    for (const reader of readers) reader.close();
  }
}

function subtract(
  from: { left: Float32Array; right: Float32Array },
  piece: Float32Array[] | null,
  frames: number,
): void {
  const [left, right] = piece ?? [];
  if (left?.length !== frames || right?.length !== frames) throw new CheckFailedError('stems', 'a stem is too short');
  for (let i = 0; i < frames; i++) {
    from.left[i]! -= left[i]!;
    from.right[i]! -= right[i]!;
  }
}

function largest(samples: Float32Array, frames: number): number {
  let peak = 0;
  for (let i = 0; i < frames; i++) peak = Math.max(peak, Math.abs(samples[i]!));
  return peak;
}
