import { setImmediate as nextTick } from 'node:timers/promises';
import { LoudnessMeter } from '../loudness';
import { quantise } from '../sample-format';
import { decibels } from '../true-peak';
import { InterSamplePeak } from './inter-sample-peak';
import { BLOCK_FRAMES, Limiter } from './limiter';
import type { BlockLevels } from './limiter';
import { gainFor } from './loudness-target';
import { stereo } from '../stereo';
import type { Stereo } from '../stereo';
import type { Spool } from './spool';
import { SAMPLE_RATE } from '../stereo';

/** What every piece is mastered to. */
export const MASTER_LUFS = -14;
/** How far off the loudness may be, either way. */
export const MASTER_LUFS_TOLERANCE = 0.3;
/** Highest true peak, in dBTP. */
export const MASTER_TRUE_PEAK_DB = -1;

/** Aimed well below the law: the lossy formats add a few tenths to the peaks of what they are given. */
const CEILING_DB = -1.6;
/** What is over by less may be another meter's reading. */
const PEAK_MARGIN_DB = 0.05;
const RETRY_OVER_LU = 0.15;
const ATTEMPTS = 4;
const CHUNK_FRAMES = BLOCK_FRAMES * 200;

/** What was measured on the finished samples. */
export interface MasterMeasures {
  loudness: number;
  truePeak: number;
  frames: number;
}

/** Takes the finished samples; `open` is called again when a pass must be repeated. */
export interface MasterSink {
  open(): Promise<void>;
  write(left: Float32Array, right: Float32Array): void;
  discard(): void;
  close(): void;
}

interface MasterOptions {
  sink: MasterSink;
  signal?: AbortSignal;
  onFrames?: (frames: number) => void;
}

/**
 * Brings the spooled mix to −14 LUFS under the ceiling. The gain comes from a model of blocks that is right to some
 * hundredths; what was written is measured, and written again with a corrected aim in the rare case that it is off.
 */
export async function master(spool: Spool, levels: BlockLevels, options: MasterOptions): Promise<MasterMeasures> {
  const limiter = new Limiter(levels);
  const aim = { lufs: MASTER_LUFS, ceilingDb: CEILING_DB };
  for (let attempt = 1; ; attempt++) {
    const ceiling = 10 ** (aim.ceilingDb / 20);
    const gain = 10 ** (gainFor(limiter, aim.lufs, ceiling) / 20);
    limiter.shape(gain, ceiling);
    await options.sink.open();
    const measures = await pass(spool, { limiter, gain }, options);
    const off = measures.loudness - MASTER_LUFS;
    const over = measures.truePeak + PEAK_MARGIN_DB - MASTER_TRUE_PEAK_DB;
    if ((Math.abs(off) <= RETRY_OVER_LU && over <= 0) || attempt === ATTEMPTS) {
      options.sink.close();
      return measures;
    }
    options.sink.discard();
    aim.lufs -= off;
    if (over > 0) aim.ceilingDb -= over + 0.1;
  }
}

async function pass(
  spool: Spool,
  { limiter, gain }: { limiter: Limiter; gain: number },
  { sink, signal, onFrames }: MasterOptions,
): Promise<MasterMeasures> {
  const loudness = new LoudnessMeter(SAMPLE_RATE);
  const peak = new InterSamplePeak();
  const buffer = stereo(CHUNK_FRAMES);
  for (let position = 0; position < spool.frames; position += CHUNK_FRAMES) {
    onFrames?.(position);
    await nextTick(undefined, { signal });
    const frames = Math.min(CHUNK_FRAMES, spool.frames - position);
    spool.read(position, frames, buffer);
    applyCurve(buffer, frames, { nodes: limiter.nodes, firstNode: position / BLOCK_FRAMES, gain });
    const left = buffer.left.subarray(0, frames);
    const right = buffer.right.subarray(0, frames);
    quantise(left);
    quantise(right);
    loudness.write(left, right);
    peak.write(left, right);
    sink.write(left, right);
  }
  return { loudness: loudness.integrated(), truePeak: decibels(peak.end()), frames: spool.frames };
}

function applyCurve(
  { left, right }: Stereo,
  frames: number,
  { nodes, firstNode, gain }: { nodes: Float32Array; firstNode: number; gain: number },
): void {
  for (let from = 0, node = firstNode; from < frames; from += BLOCK_FRAMES, node++) {
    const start = gain * nodes[node]!;
    const step = (gain * nodes[node + 1]! - start) / BLOCK_FRAMES;
    const to = Math.min(frames, from + BLOCK_FRAMES);
    for (let i = from; i < to; i++) {
      const factor = start + step * (i - from);
      left[i]! *= factor;
      right[i]! *= factor;
    }
  }
}
