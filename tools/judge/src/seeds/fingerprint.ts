import type { JudgedScore } from '../crew/engine';

/** Bits a step of an eighth note: 12 for the melody's tone, 12 for the others' tones, 3 for the drums. */
const BITS = 27;
const MELODY_MASK = (1 << 12) - 1;
const LETTERS: Record<string, number> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };

/** A piece in words of bits, one an eighth note: what begins there, counted from the tonic. */
export type Fingerprint = Uint32Array;

function tonicOf({ key: { tonic } }: JudgedScore): number {
  const shift = [...tonic.slice(1)].reduce((sum, sign) => sum + (sign === '#' ? 1 : -1), 0);
  return (LETTERS[tonic[0]!] ?? 0) + shift;
}

function drumBit(pitch: number): number {
  if (pitch === 35 || pitch === 36) return 24;
  return pitch >= 37 && pitch <= 40 ? 25 : 26;
}

/** Which tones begin when, by what part: independent of key, tempo, loudness and instruments. */
export function fingerprintOf(score: JudgedScore): Fingerprint {
  const end = Math.max(...score.chords.map(({ beat, beats }) => beat + beats), 1);
  const print = new Uint32Array(Math.ceil(end * 2) + 1);
  const tonic = tonicOf(score);
  for (const { role, notes } of score.parts) {
    for (const { beat, pitch } of notes) {
      const step = Math.min(print.length - 1, Math.round(beat * 2));
      const tone = (((pitch - tonic) % 12) + 12) % 12;
      const isDrum = role === 'drums' || role === 'percussion';
      print[step]! |= 1 << (isDrum ? drumBit(pitch) : role === 'lead' ? tone : 12 + tone);
    }
  }
  return print;
}

function ones(word: number): number {
  let left = word - ((word >>> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
  return (((left + (left >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** Jaccard distance of two fingerprints: 0 the same, 1 nothing in common. */
export function distanceOf(a: Fingerprint, b: Fingerprint, mask = 2 ** BITS - 1): number {
  let [common, all] = [0, 0];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const x = (a[i] ?? 0) & mask;
    const y = (b[i] ?? 0) & mask;
    common += ones(x & y);
    all += ones(x | y);
  }
  return all === 0 ? 0 : 1 - common / all;
}

/** Distances of the melodies alone. */
export function melodyDistanceOf(a: Fingerprint, b: Fingerprint): number {
  return distanceOf(a, b, MELODY_MASK);
}

/** The two pieces that are most alike, and how far apart pieces usually are. */
export function nearestPair(
  prints: readonly Fingerprint[],
  distance: (a: Fingerprint, b: Fingerprint) => number,
): { min: number; pair: [number, number]; median: number } {
  let nearest = { min: Infinity, pair: [0, 0] as [number, number] };
  const counts = new Uint32Array(1001);
  for (let i = 0; i < prints.length; i++) {
    for (let j = i + 1; j < prints.length; j++) {
      const between = distance(prints[i]!, prints[j]!);
      counts[Math.round(between * 1000)]!++;
      if (between < nearest.min) nearest = { min: between, pair: [i, j] };
    }
  }
  const half = counts.reduce((sum, count) => sum + count, 0) / 2;
  let seen = 0;
  const median = counts.findIndex((count) => (seen += count) >= half) / 1000;
  return { ...nearest, median };
}
