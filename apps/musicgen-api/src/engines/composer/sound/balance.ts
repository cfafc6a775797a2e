import { StereoFilter, designBiquad } from '../../../audio/biquad';
import { LoudnessMeter } from '../../../audio/loudness';
import { decibels, samplePeak } from '../../../audio/true-peak';
import type { Role, Score } from '../score';
import type { SoundBank } from './bank';
import { stripFilters } from './channel-strip';
import { BLOCK_FRAMES_MAX, PartSynth } from './part-synth';
import { stereo } from '../../../audio/stereo';
import { SAMPLE_RATE } from '../../../audio/stereo';
import { timelineOf } from './timeline';
import type { SynthEvent, Timeline } from './timeline';

/** How loud a part stands in the mix while it plays, in LUFS, before its own `gainDb`. Presets differ by 20 dB: this evens them out. */
const ROLE_LUFS: Record<Role, number> = {
  drums: -20,
  bass: -22.5,
  lead: -21,
  chords: -24.5,
  counter: -26,
  pad: -27.5,
  percussion: -28,
  effects: -29,
};

/** Where the sum of all parts at their busiest is placed: the level that bus compressors are set for. */
export const STAGE_LUFS = -18;

const CORRECTION_DB_MAX = 45;

const EXCERPT_FRAMES = 2.5 * SAMPLE_RATE;
const STEP_FRAMES = SAMPLE_RATE / 2;
const TAIL_FRAMES = SAMPLE_RATE / 2;
/** Most that a peak may stand over its role's loudness: a part of nothing but short clicks is not brought up to tower over all. */
const CREST_DB_MAX = 24;

/** Start of the excerpt in which a part does most: sum of squared velocities, which is what loudness follows. */
function busiest(events: readonly SynthEvent[]): number {
  const power: number[] = [];
  for (const { action, frame, second } of events) {
    if (action !== 'on') continue;
    const step = Math.floor(frame / STEP_FRAMES);
    power[step] = (power[step] ?? 0) + second * second;
  }
  let best = { start: 0, sum: 0 };
  for (let start = 0; start < power.length; start++) {
    let sum = 0;
    for (let i = start; i < start + EXCERPT_FRAMES / STEP_FRAMES; i++) sum += power[i] ?? 0;
    if (sum > best.sum) best = { start, sum };
  }
  return best.start * STEP_FRAMES;
}

/** Each part's busiest moment, all moved to frame 0: one short pass measures every part. */
function excerpt({ events }: Timeline, parts: number): SynthEvent[] {
  const moved: SynthEvent[] = [];
  for (let part = 0; part < parts; part++) {
    const own = events.filter((event) => event.part === part);
    const start = busiest(own);
    for (const event of own) {
      const frame = event.frame - start;
      const isSetting = event.action === 'control' || event.action === 'bend';
      if (frame >= EXCERPT_FRAMES && event.action !== 'off') break;
      if (frame >= 0 || isSetting) moved.push({ ...event, frame: Math.max(0, frame) });
    }
  }
  return moved.sort((a, b) => a.frame - b.frame);
}

/** What one part is like while it plays, behind its own filters: −∞ for one that makes no sound. */
export interface PartLevel {
  loudness: number;
  peakDb: number;
}

/** Measures every part by playing its busiest moment. */
export function measureParts(score: Score, bank: SoundBank): PartLevel[] {
  const buffers = score.parts.map(() => stereo(STEP_FRAMES));
  const synth = new PartSynth(bank, score.parts, buffers);
  const meters = score.parts.map((part) => ({
    filter: new StereoFilter(stripFilters(part, score).map((spec) => designBiquad(spec, SAMPLE_RATE))),
    loudness: new LoudnessMeter(SAMPLE_RATE),
    peak: 0,
  }));
  const events = excerpt(timelineOf(score), score.parts.length);
  let next = 0;
  for (let from = 0; from < EXCERPT_FRAMES + TAIL_FRAMES; from += STEP_FRAMES) {
    for (let at = 0; at < STEP_FRAMES; at += BLOCK_FRAMES_MAX) {
      for (; next < events.length && events[next]!.frame <= from + at; next++) synth.play(events[next]!);
      synth.render(at, Math.min(BLOCK_FRAMES_MAX, STEP_FRAMES - at));
    }
    meters.forEach((meter, i) => {
      const { left, right } = buffers[i]!;
      meter.filter.process(left, right, STEP_FRAMES);
      meter.loudness.write(left, right);
      meter.peak = Math.max(meter.peak, samplePeak(left, 0, STEP_FRAMES), samplePeak(right, 0, STEP_FRAMES));
      left.fill(0);
      right.fill(0);
    });
  }
  return meters.map(({ loudness, peak }) => {
    const peakDb = decibels(peak);
    // What is too faint for the gates of BS.1770 is taken for the sharpest of clicks.
    return { loudness: Math.max(loudness.integrated(), peakDb - CREST_DB_MAX), peakDb };
  });
}

/** How a part goes into the mix: its gain, and the level that its highest peaks then have, both in decibels. */
export interface PartGain {
  gainDb: number;
  peakDb: number;
}

/** Brings every part to its role's level, then by its own `gainDb`, and all together to the stage level. */
export function balance(score: Score, bank: SoundBank): PartGain[] {
  const levels = measureParts(score, bank);
  const gains = levels.map(({ loudness, peakDb }, i) => {
    const { role, mix } = score.parts[i]!;
    const wanted = ROLE_LUFS[role];
    if (!Number.isFinite(loudness)) return 0;
    return Math.min(wanted - loudness, wanted + CREST_DB_MAX - peakDb, CORRECTION_DB_MAX) + mix.gainDb;
  });
  const power = levels.reduce((sum, { loudness }, i) => sum + 10 ** ((loudness + gains[i]!) / 10), 0);
  const trim = power > 0 ? STAGE_LUFS - 10 * Math.log10(power) : 0;
  return gains.map((gain, i) => ({ gainDb: gain + trim, peakDb: levels[i]!.peakDb + gain + trim }));
}
