import type { VoicingStyle } from '../genres/genre';
import type { Chord } from './chord';
import { pitchClass } from './pitch';

export interface VoicingRules {
  style: VoicingStyle;
  voices: number;
  register: readonly [number, number];
  /** Strict styles move no two voices in parallel fifths or octaves. */
  isStrict?: boolean;
}

/** Tones worth keeping when there are fewer voices: guide tones and colour before the fifth; the bass has the root. */
function chosenTones({ tones, root }: Chord, voices: number, style: VoicingStyle): number[] {
  if (style === 'power')
    return tones.includes(pitchClass(root + 7)) ? [root, pitchClass(root + 7)] : [root, tones[2] ?? root];
  if (tones.length <= voices && style !== 'shell') return tones;
  const [first, ...others] = tones as [number, ...number[]];
  const isFifth = (tone: number) => pitchClass(tone - root) === 7;
  const ranked = [...others.filter((tone) => !isFifth(tone)), ...others.filter(isFifth)];
  const kept =
    style === 'shell' && others.length > 2 ? ranked.slice(0, voices) : [first, ...ranked.slice(0, voices - 1)];
  return tones.filter((tone) => kept.includes(tone));
}

/** Stacks pitch classes upwards from a bottom note, each voice the next tone above. */
function stack(tones: readonly number[], bottom: number, voices: number): number[] {
  const pitches = [bottom];
  while (pitches.length < voices) {
    const top = pitches.at(-1)!;
    pitches.push(Math.min(...tones.map((tone) => top + (pitchClass(tone - top) || 12))));
  }
  return pitches;
}

function shaped(pitches: number[], style: VoicingStyle): number[] {
  if (style === 'drop2' && pitches.length >= 4) {
    const dropped = pitches.length - 2;
    return [pitches[dropped]! - 12, ...pitches.filter((_, i) => i !== dropped)];
  }
  if (style === 'open' && pitches.length >= 3)
    return pitches.map((pitch, i) => (i % 2 === 1 ? pitch + 12 : pitch)).sort((a, b) => a - b);
  if (style === 'spread' && pitches.length >= 3) return pitches.map((pitch, i) => (i === 0 ? pitch - 12 : pitch));
  return pitches;
}

function candidates(chord: Chord, { style, voices, register: [low, high] }: VoicingRules): number[][] {
  const tones = chosenTones(chord, voices, style);
  const isRooted = style === 'power' || style === 'guitar' || style === 'spread';
  const found: number[][] = [];
  for (let bottom = low; bottom <= high; bottom++) {
    const tone = pitchClass(bottom);
    if (isRooted ? tone !== chord.root : !tones.includes(tone)) continue;
    const pitches = shaped(stack(tones, bottom, voices), style);
    if (pitches[0]! >= low - 1 && pitches.at(-1)! <= high) found.push(pitches);
  }
  return found;
}

function parallels(from: readonly number[], to: readonly number[]): number {
  let count = 0;
  for (let i = 0; i < to.length; i++) {
    for (let j = i + 1; j < to.length; j++) {
      if (from[i] === undefined || from[j] === undefined || from[i] === to[i]) continue;
      const interval = pitchClass(to[j]! - to[i]!);
      if ((interval === 7 || interval === 0) && pitchClass(from[j]! - from[i]!) === interval) count++;
    }
  }
  return count;
}

function cost(pitches: readonly number[], before: readonly number[] | undefined, rules: VoicingRules): number {
  const middle = (rules.register[0] + rules.register[1]) / 2;
  const centre = pitches.reduce((sum, pitch) => sum + pitch, 0) / pitches.length;
  let sum = Math.abs(centre - middle) * (before ? 0.35 : 1);
  // Seconds low down are mud.
  for (let i = 1; i < pitches.length; i++) if (pitches[i]! < 55 && pitches[i]! - pitches[i - 1]! < 4) sum += 6;
  if (!before) return sum;
  pitches.forEach((pitch, i) => {
    sum += Math.abs(pitch - (before[i] ?? before.at(-1)!));
  });
  sum += Math.abs(pitches.at(-1)! - before.at(-1)!) * 0.5;
  return sum + (rules.isStrict ? parallels(before, pitches) * 9 : 0);
}

/** The voicing that moves least from the one before. */
export function voiced(chord: Chord, rules: VoicingRules, before?: readonly number[]): number[] {
  let best: { pitches: number[]; cost: number } | undefined;
  for (const pitches of candidates(chord, rules)) {
    const own = cost(pitches, before, rules);
    if (!best || own < best.cost) best = { pitches, cost: own };
  }
  if (best) return best.pitches;
  const [low, high] = rules.register;
  const bottom = low + pitchClass(chord.root - low);
  return stack(chord.tones, bottom, Math.min(3, rules.voices)).filter((pitch) => pitch <= Math.max(high, bottom));
}
