import { setImmediate as nextTick } from 'node:timers/promises';
import type { Score } from '../score';
import type { PartGain } from './balance';
import type { SoundBank } from './bank';
import { Bus } from './bus';
import type { BlockLevels } from '../../../audio/mastering/limiter';
import { Mixer } from './mixer';
import { PartSynth } from './part-synth';
import type { Stereo } from '../../../audio/stereo';
import { Performance } from './performance';
import { LevelRecorder } from '../../../audio/mastering/level-recorder';
import type { Spool } from '../../../audio/mastering/spool';
import { GRID, timelineOf } from './timeline';
import { SAMPLE_RATE } from '../../../audio/stereo';

/** A multiple of the grid that keeps sixteen stems in the processor's second-level cache. */
const CHUNK_FRAMES = 16 * GRID;
/** Chunks between two breaths: about 10 ms of work, so that a cancel is heard at once. */
const CHUNKS_PER_TURN = 16;
const FADE_SECONDS_MAX = 2;
const FADE_PART_MAX = 0.12;

/** Peaks of a single part rarely stand more than this over the level of the whole. */
export const STEM_HEADROOM_DB = 3;

/** How to play a score, where to, and who listens. */
export interface RenderOptions {
  /** From `balance`. */
  gains: readonly PartGain[];
  /** How much lower than the bus wants them the parts are mixed, so that stems fit below full scale. The bus does not notice. */
  headroomDb?: number;
  spool: Spool;
  signal?: AbortSignal;
  /** Called with the frames done, from 0 to the piece's length. */
  onFrames?: (frames: number) => void;
  /** Every chunk before the bus: the stems, their effects and their sum. */
  onMix?: (mixer: Mixer, frames: number) => void;
  /** Every chunk behind the bus, as it is spooled. */
  onAudio?: (mix: Stereo, frames: number) => void;
}

/** The end of a piece that does not loop: half a cosine, so that what still rings is gone at the last sample. */
class Ending {
  private readonly gains: Float32Array;
  private readonly start: number;

  constructor(frames: number, loop: boolean) {
    const length = loop ? 0 : Math.min(FADE_SECONDS_MAX * SAMPLE_RATE, Math.round(frames * FADE_PART_MAX));
    this.start = frames - length;
    this.gains = new Float32Array(length);
    for (let i = 0; i < length; i++) this.gains[i] = 0.5 + 0.5 * Math.cos((Math.PI * (i + 1)) / length);
  }

  /** Gains of the frames from `position`, or nothing where all are 1. */
  at(position: number, frames: number): Float32Array | undefined {
    const from = position - this.start;
    if (from >= 0) return this.gains.subarray(from, from + frames);
    if (from + frames <= 0) return undefined;
    const gains = new Float32Array(frames).fill(1);
    gains.set(this.gains.subarray(0, from + frames), -from);
    return gains;
  }
}

/** Plays a score through the mixer and the bus into the spool, and tells its levels. Memory does not grow with its length. */
export async function renderMix(score: Score, bank: SoundBank, options: RenderOptions): Promise<BlockLevels> {
  const { headroomDb = STEM_HEADROOM_DB, spool, signal, onFrames, onMix, onAudio } = options;
  const gains = options.gains.map(({ gainDb, peakDb }) => ({
    gainDb: gainDb - headroomDb,
    peakDb: peakDb - headroomDb,
  }));
  const toStage = 10 ** (headroomDb / 20);
  const timeline = timelineOf(score);
  const loopFrames = timeline.loop ? timeline.frames : undefined;
  const mixer = new Mixer(score, gains, { framesMax: CHUNK_FRAMES, loopFrames });
  const performance = new Performance(new PartSynth(bank, score.parts, mixer.stems), timeline);
  const bus = new Bus(score.mix);
  const ending = new Ending(timeline.frames, timeline.loop);
  const levels = new LevelRecorder(timeline.frames, timeline.loop);
  for (let chunk = 0; !performance.isOver; chunk++) {
    if (chunk % CHUNKS_PER_TURN === 0) {
      onFrames?.(Math.max(0, performance.position));
      await nextTick(undefined, { signal });
    }
    const position = performance.position;
    mixer.clear();
    const frames = performance.render(CHUNK_FRAMES);
    mixer.process(frames, position < 0 ? undefined : ending.at(position, frames));
    if (position >= 0) onMix?.(mixer, frames);
    scale(mixer.sum, frames, toStage);
    bus.process(mixer.sum, frames);
    if (position < 0) continue;
    spool.append(mixer.sum, frames);
    levels.write(mixer.sum, frames);
    onAudio?.(mixer.sum, frames);
  }
  return levels.end();
}

function scale({ left, right }: Stereo, frames: number, factor: number): void {
  for (let i = 0; i < frames; i++) {
    left[i]! *= factor;
    right[i]! *= factor;
  }
}
