import type { MidiNote } from '../crew/midi';
import type { Features } from './features';

const CHORDS: readonly (readonly [name: string, tones: readonly number[]])[] = [
  ['major', [0, 4, 7]],
  ['minor', [0, 3, 7]],
  ['dominant', [0, 4, 7, 10]],
  ['major7', [0, 4, 7, 11]],
  ['minor7', [0, 3, 7, 10]],
  ['diminished', [0, 3, 6]],
  ['half_diminished', [0, 3, 6, 10]],
  ['power', [0, 7]],
  ['suspended', [0, 5, 7]],
];
const SCALE = [0, 2, 4, 5, 7, 9, 11];

/** How long each pitch class sounds in a stretch. */
function chromaIn(notes: readonly MidiNote[], from: number, to: number): number[] {
  const chroma = new Array<number>(12).fill(0);
  for (const { beat, beats, pitch } of notes) {
    const overlap = Math.min(to, beat + beats) - Math.max(from, beat);
    if (overlap > 0) chroma[pitch % 12]! += overlap;
  }
  return chroma;
}

/** The chord whose tones hold most of what sounds, with a price for tones that do not sound. */
function chordOf(chroma: readonly number[]): string | undefined {
  const all = chroma.reduce((sum, value) => sum + value, 0);
  if (all === 0) return undefined;
  let best = { name: '', score: -Infinity };
  for (const [name, tones] of CHORDS) {
    for (let root = 0; root < 12; root++) {
      const weights = tones.map((tone) => chroma[(root + tone) % 12]! / all);
      const score =
        weights.reduce((sum, weight) => sum + weight + (weight > 0.04 ? 0 : -0.25), 0) - 0.06 * tones.length;
      if (score > best.score) best = { name, score };
    }
  }
  return best.name;
}

/** The share that lies outside the major scale that fits best. */
function chromaticism(chroma: readonly number[]): number {
  const all = chroma.reduce((sum, value) => sum + value, 0) || 1;
  const inside = Array.from({ length: 12 }, (_, tonic) =>
    SCALE.reduce((sum, tone) => sum + chroma[(tonic + tone) % 12]!, 0),
  );
  return 1 - Math.max(...inside) / all;
}

/** Qualities of the chords by half bars, how chromatic they are and how fast they change. */
export function harmonyFeatures(pitched: readonly MidiNote[], end: number, barBeats: number): Features {
  const features: Features = Object.fromEntries(CHORDS.map(([name]) => [`harmony.${name}`, 0]));
  const step = barBeats / 2;
  const stretches: number[][] = [];
  for (let from = 0; from < end; from += step) stretches.push(chromaIn(pitched, from, from + step));
  let changes = 0;
  for (const [i, chroma] of stretches.entries()) {
    const chord = chordOf(chroma);
    if (chord) features[`harmony.${chord}`]! += 1 / stretches.length;
    const before = stretches[i - 1] ?? chroma;
    const shared = chroma.reduce((sum, value, tone) => sum + Math.min(value, before[tone]!), 0);
    const larger = chroma.reduce((sum, value, tone) => sum + Math.max(value, before[tone]!), 0);
    changes += larger === 0 ? 0 : 1 - shared / larger;
  }
  const tones = stretches.map((chroma) => chroma.filter((value) => value > 0.05 * step).length);
  return {
    ...features,
    'harmony.chromaticism': chromaticism(chromaIn(pitched, 0, end)),
    'harmony.change': changes / Math.max(1, stretches.length),
    'harmony.tones': tones.reduce((sum, count) => sum + count, 0) / Math.max(1, tones.length),
  };
}
