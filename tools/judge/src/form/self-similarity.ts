import { DRUM_CHANNEL, barBeatsOf } from '../crew/midi';
import type { MidiPiece } from '../crew/midi';

/** A bar as one compares bars: what is played, and a rougher picture of it. */
export interface BarPicture {
  /** Every note of every part on the grid of sixteenths. */
  notes: Set<string>;
  /** Tones, rhythm and players, for the distance of bars that are not the same. */
  shape: number[];
}

const STEPS = 16;

/** Cuts a piece into bars. The final chord, which rings, is none. */
export function barsOf(piece: MidiPiece, barCount: number): BarPicture[] {
  const barBeats = barBeatsOf(piece);
  const bars = Array.from({ length: barCount }, () => ({
    notes: new Set<string>(),
    shape: new Array<number>(12 + STEPS + 16 + 1).fill(0),
  }));
  for (const { beat, pitch, channel, velocity } of piece.notes) {
    // Nobody plays exactly on the grid: a note just before the line belongs to the bar after it.
    const bar = bars[Math.floor((beat + 0.12) / barBeats)];
    if (!bar) continue;
    const step = Math.max(0, Math.round((beat % barBeats) * 4)) % Math.round(barBeats * 4);
    bar.notes.add(`${channel} ${step} ${pitch}`);
    if (channel !== DRUM_CHANNEL) bar.shape[pitch % 12]! += 1;
    bar.shape[12 + Math.min(STEPS - 1, step)]! += 1;
    bar.shape[12 + STEPS + channel]! += 1;
    bar.shape[12 + STEPS + 16]! += velocity / 127;
  }
  return bars;
}

/** Shares of bars that were there before: note for note in all parts, and nearly (nine of ten notes). */
export function repeatsOf(bars: readonly BarPicture[]): { exact: number; near: number } {
  let [exact, near] = [0, 0];
  for (const [i, { notes }] of bars.entries()) {
    if (notes.size === 0) continue;
    const likeness = bars.slice(0, i).map((other) => {
      const common = [...notes].filter((note) => other.notes.has(note)).length;
      return common / (notes.size + other.notes.size - common);
    });
    const most = Math.max(0, ...likeness);
    if (most === 1) exact++;
    if (most >= 0.9) near++;
  }
  return { exact: exact / bars.length, near: near / bars.length };
}

function likenessOf(a: readonly number[], b: readonly number[]): number {
  let [product, squareA, squareB] = [0, 0, 0];
  for (const [i, x] of a.entries()) {
    product += x * b[i]!;
    squareA += x * x;
    squareB += b[i]! ** 2;
  }
  return squareA * squareB === 0 ? 0 : product / Math.sqrt(squareA * squareB);
}

const REACH = 4;

/** How new what comes is at each bar line: a checkerboard along the self-similarity matrix (Foote 2000). */
export function noveltyOf(bars: readonly BarPicture[]): number[] {
  const shapes = bars.map(({ shape }) => shape);
  return shapes.map((_, at) => {
    let novelty = 0;
    for (let i = -REACH; i < REACH; i++) {
      for (let j = -REACH; j < REACH; j++) {
        const [a, b] = [shapes[at + i], shapes[at + j]];
        if (!a || !b) continue;
        const isSameSide = i < 0 === j < 0;
        novelty += (isSameSide ? 1 : -1) * likenessOf(a, b) * Math.exp(-(i * i + j * j) / (2 * REACH));
      }
    }
    return at < 2 || at > shapes.length - 2 ? 0 : novelty;
  });
}

/** Bars where the novelty is a peak over its mean. */
export function peaksOf(novelty: readonly number[]): number[] {
  const mean = novelty.reduce((sum, value) => sum + value, 0) / Math.max(1, novelty.length);
  return novelty.flatMap((value, i) => {
    const near = novelty.slice(Math.max(0, i - 2), i + 3);
    return value > mean && value === Math.max(...near) ? [i] : [];
  });
}

/** Shares of section boundaries that are heard as new, and of peaks that are boundaries; one bar off counts. */
export function boundaryAgreement(
  peaks: readonly number[],
  boundaries: readonly number[],
): { recall: number; precision: number } {
  const isNear = (bar: number, others: readonly number[]) => others.some((other) => Math.abs(other - bar) <= 1);
  const share = (bars: readonly number[], others: readonly number[]) =>
    bars.length === 0 ? 0 : bars.filter((bar) => isNear(bar, others)).length / bars.length;
  return { recall: share(boundaries, peaks), precision: share(peaks, boundaries) };
}
