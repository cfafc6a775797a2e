import { makeScore } from '../fixture-requests';
import { GENRE_IDS } from '../genres/registry';
import type { Score } from '../score';
import { chordOf } from './chord';
import { chroma, pitchClass } from './pitch';
import { voiced } from './voicing';

const C = { tonic: 'C', mode: 'major' } as const;
const A = { tonic: 'A', mode: 'minor' } as const;

/** Key profiles of Krumhansl and Kessler: how well each tone fits a key, as listeners rated it. */
const PROFILES = {
  major: [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
  minor: [6.33, 2.68, 3.52, 5.38, 2.6, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
};
const MODES = ['major', 'minor'] as const;

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const products = a.map((value, i) => [(value - meanA) * (b[i]! - meanB), (value - meanA) ** 2, (b[i]! - meanB) ** 2]);
  const [top, left, right] = [0, 1, 2].map((k) => products.reduce((sum, each) => sum + each[k]!, 0)) as [
    number,
    number,
    number,
  ];
  return top / Math.sqrt(left * right);
}

function heardKey(score: Score): { tonic: number; mode: 'major' | 'minor' } {
  const chromaWeights = Array<number>(12).fill(0);
  for (const part of score.parts.filter(({ channel, role }) => channel !== 9 && role !== 'effects')) {
    for (const { pitch, beats, velocity } of part.notes)
      chromaWeights[pitch % 12]! += Math.min(beats, 4) * velocity ** 2;
  }
  const keys = MODES.flatMap((mode) =>
    Array.from({ length: 12 }, (_, tonic) => ({
      tonic,
      mode,
      fit: correlation(
        chromaWeights,
        PROFILES[mode].map((_, i) => PROFILES[mode][pitchClass(i - tonic)]!),
      ),
    })),
  );
  return keys.reduce((best, key) => (key.fit > best.fit ? key : best));
}

/** As the MIREX contest scores key estimates: the key, a fifth away, relative, parallel. */
function mirex({ key }: Score, heard: { tonic: number; mode: string }): number {
  const interval = pitchClass(heard.tonic - chroma(key.tonic));
  if (heard.mode === key.mode) return interval === 0 ? 1 : interval === 7 || interval === 5 ? 0.5 : 0;
  if (interval === (key.mode === 'minor' ? 3 : 9)) return 0.3;
  return interval === 0 ? 0.2 : 0;
}

describe('chords', () => {
  it.each([
    ['I', C, 'C', [0, 4, 7]],
    ['V7/vi', C, 'E7', [4, 8, 11, 2]],
    ['bVImaj7', A, 'Fmaj7', [5, 9, 0, 4]],
    ['iim7b5', A, 'Bm7b5', [11, 2, 5, 9]],
    ['i', A, 'Am', [9, 0, 4]],
    ['V7', A, 'E7', [4, 8, 11, 2]],
    ['i5', A, 'A5', [9, 4]],
    ['V7sus4', C, 'G7sus4', [7, 0, 2, 5]],
  ])('reads %s', (numeral, key, symbol, tones) => {
    expect(chordOf(numeral, key)).toMatchObject({ symbol, tones });
  });

  it('puts another tone in the bass where the numeral says so', () => {
    expect(chordOf('V7/4', C).bass).toBe(11);
    expect(chordOf('V7/4', C).tones[0]).toBe(7);
  });
});

describe('voice leading', () => {
  it('moves voices by small steps and without parallel fifths where it is strict', () => {
    const rules = { style: 'closed', voices: 3, register: [50, 74], isStrict: true } as const;
    let before: number[] | undefined;
    for (const numeral of ['I', 'vi', 'IV', 'ii', 'V7', 'I', 'iii', 'IV', 'V', 'I']) {
      const pitches = voiced(chordOf(numeral, C), rules, before);
      if (before) {
        const last = before;
        for (const [i, pitch] of pitches.entries()) expect(Math.abs(pitch - last[i]!)).toBeLessThanOrEqual(5);
      }
      before = pitches;
    }
  });
});

describe('the key', () => {
  it.each(MODES)('is heard by a chroma profile in every genre in %s', (mode) => {
    const scores = GENRE_IDS.flatMap((genre) =>
      [1, 2, 3, 4].map((seed) => makeScore({ genre, seed, key: `${['C', 'F#', 'Eb', 'A'][seed - 1]} ${mode}` })),
    );
    const points = scores.map((score) => mirex(score, heardKey(score)));
    expect(points.reduce((sum, point) => sum + point, 0) / points.length).toBeGreaterThanOrEqual(0.92);
  });

  it('comes home after an excursion in a long piece', () => {
    const { chords, key } = makeScore({ genre: 'pop', duration: 400, seed: 3 });
    expect(chords.at(-1)!.tones[0]).toBe(chroma(key.tonic));
  });
});
