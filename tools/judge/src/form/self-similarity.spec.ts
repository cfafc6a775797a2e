import type { MidiNote, MidiPiece } from '../crew/midi';
import { barsOf, boundaryAgreement, noveltyOf, peaksOf, repeatsOf } from './self-similarity';

function makePiece(bars: readonly (readonly number[])[]): MidiPiece {
  const notes: MidiNote[] = bars.flatMap((pitches, bar) =>
    pitches.map((pitch, i) => ({ beat: bar * 4 + i, beats: 1, pitch, velocity: 80, channel: 0, program: 0 })),
  );
  return { notes, bpm: 120, timeSignature: { numerator: 4, denominator: 4 }, markers: [] };
}

const A = [60, 62, 64, 65];
const B = [70, 73, 75, 78];

describe('the judge of form', () => {
  it('counts bars that were there before', () => {
    const bars = barsOf(makePiece([A, B, A, [60, 62, 64, 67]]), 4);
    expect(repeatsOf(bars).exact).toBe(0.25);
  });

  it('finds loops of four bars', () => {
    const once = [A, B, [61, 62], [63, 68]];
    expect(repeatsOf(barsOf(makePiece([...once, ...once]), 8)).looped).toBe(0.5);
    expect(repeatsOf(barsOf(makePiece([...once, A, A, B, B]), 8)).looped).toBe(0);
  });

  it('hears a boundary where something new begins', () => {
    const novelty = noveltyOf(barsOf(makePiece([...Array<number[]>(8).fill(A), ...Array<number[]>(8).fill(B)]), 16));
    expect(peaksOf(novelty)).toEqual([8]);
  });

  it('compares boundaries one bar off, and says what chance would give', () => {
    const agreement = boundaryAgreement([8, 20, 30], [8, 21, 26, 40], 48);
    expect(agreement).toMatchObject({ recall: 0.5, precision: 2 / 3 });
    expect(agreement.chance).toBeCloseTo(9 / 48);
  });
});
