import { chanceOf } from '../prompts/chance';

/** Signals whose tempo and key are known, for tests. */
export const RATE = 44_100;

/** Clicks of noise, one level an eighth note, over and over: beats, with softer clicks between, when none is given. */
export function clickTrack(bpm: number, seconds: number, levels: readonly number[] = [0.8, 0.25]): Float32Array {
  const out = new Float32Array(seconds * RATE);
  const chance = chanceOf(7);
  for (let eighth = 0; (eighth * 30) / bpm < seconds; eighth++) {
    const start = Math.round(((eighth * 30) / bpm) * RATE);
    const level = levels[eighth % levels.length]!;
    for (let i = 0; i < 2000 && start + i < out.length; i++) {
      out[start + i]! += level * (chance() * 2 - 1) * Math.exp(-i / 400);
    }
  }
  return out;
}

/** Levels of partials, the lowest first: what makes the same tone another instrument. */
export const TIMBRES = {
  plucked: [1, 1 / 2, 1 / 3, 1 / 4],
  hollow: [1, 0, 1 / 3, 0, 1 / 5, 0, 1 / 7, 0, 1 / 9],
  distorted: [0.6, 0.7, 1, 0.8, 0.9, 0.6, 0.5, 0.5, 0.4, 0.3],
} as const;

interface Tone {
  pitch: number;
  at: number;
  seconds: number;
  timbre: keyof typeof TIMBRES;
}

/** Adds a tone that dies away. */
function addTone(out: Float32Array, { pitch, at, seconds, timbre }: Tone): void {
  const hz = 440 * 2 ** ((pitch - 69) / 12);
  const start = Math.round(at * RATE);
  const frames = Math.round(seconds * RATE);
  const decay = Math.exp(-2 / frames);
  for (const [i, level] of TIMBRES[timbre].entries()) {
    const partial = i + 1;
    // A resonator: each sample from the two before it.
    const turn = 2 * decay * Math.cos((2 * Math.PI * hz * partial) / RATE);
    let [before, now] = [0, 0.12 * level * Math.sin((2 * Math.PI * hz * partial) / RATE)];
    for (let t = 0; t < frames && start + t < out.length; t++) {
      out[start + t]! += now;
      [before, now] = [now, turn * now - decay * decay * before];
    }
  }
}

/** Chords of so many seconds each, with their lowest tone doubled in the bass; `cents` detunes all of it. */
export function chordTrack(
  chords: readonly (readonly number[])[],
  seconds: number,
  { cents = 0, timbre = 'plucked' }: { cents?: number; timbre?: keyof typeof TIMBRES } = {},
): Float32Array {
  const out = new Float32Array(Math.round(chords.length * seconds * RATE));
  for (const [i, chord] of chords.entries()) {
    for (const pitch of [chord[0]! - 24, ...chord]) {
      addTone(out, { pitch: pitch + cents / 100, at: i * seconds, seconds, timbre });
    }
  }
  return out;
}

/** A cadence in a key: I–IV–V–I, or i–iv–V–i. */
export function cadence(tonic: number, mode: 'major' | 'minor'): number[][] {
  const third = mode === 'major' ? 4 : 3;
  const on = (root: number, middle: number) => [root, root + middle, root + 7].map((tone) => 60 + tonic + tone);
  return [on(0, third), on(5, third), on(7, 4), on(0, third)];
}

/** A sine of so many decibels under full scale. */
export function sine(hz: number, db: number, seconds: number, phase = 0): Float32Array {
  const level = 10 ** (db / 20);
  return Float32Array.from(
    { length: seconds * RATE },
    (_, i) => level * Math.sin((2 * Math.PI * hz * i) / RATE + phase),
  );
}
