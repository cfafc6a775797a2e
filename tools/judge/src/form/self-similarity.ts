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

/** How much of a piece was there before. */
export interface Repeats {
  /** Bars that are note for note, in all parts, an earlier one. */
  exact: number;
  /** Bars that share nine notes of ten with an earlier one. */
  near: number;
  /** Bars in stretches of four or more that were there before in the same order: what a loop does. */
  looped: number;
}

const LOOP_BARS = 4;

function likenessOfNotes(a: BarPicture, b: BarPicture): number {
  const common = [...a.notes].filter((note) => b.notes.has(note)).length;
  return common / (a.notes.size + b.notes.size - common);
}

/** Marks the bars of all stretches that repeat an earlier stretch. */
function loopedBars(ids: readonly number[]): Set<number> {
  const starts = new Map<string, number>();
  const looped = new Set<number>();
  for (let i = 0; i + LOOP_BARS <= ids.length; i++) {
    const stretch = ids.slice(i, i + LOOP_BARS).join(' ');
    if (starts.has(stretch)) for (let k = 0; k < LOOP_BARS; k++) looped.add(i + k);
    else starts.set(stretch, i);
  }
  return looped;
}

/** Compares every bar with all before it. */
export function repeatsOf(bars: readonly BarPicture[]): Repeats {
  let [exact, near] = [0, 0];
  const ids: number[] = [];
  for (const [i, bar] of bars.entries()) {
    const likeness = bars.slice(0, i).map((other) => (bar.notes.size === 0 ? 0 : likenessOfNotes(bar, other)));
    const most = Math.max(0, ...likeness);
    if (most === 1) exact++;
    if (most >= 0.9) near++;
    ids.push(most === 1 ? ids[likeness.indexOf(1)]! : i);
  }
  const all = Math.max(1, bars.length);
  return { exact: exact / all, near: near / all, looped: loopedBars(ids).size / all };
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

/** Groups of the shape: tones, rhythm, players, loudness. */
const GROUPS = [
  [0, 12],
  [12, 12 + STEPS],
  [12 + STEPS, 12 + STEPS + 16],
  [12 + STEPS + 16, 12 + STEPS + 17],
] as const;

/** Each group counts alike, and only what changes in the piece counts. */
function contrasted(shapes: readonly (readonly number[])[]): number[][] {
  const width = shapes[0]?.length ?? 0;
  const means = Array.from(
    { length: width },
    (_, i) => shapes.reduce((sum, shape) => sum + shape[i]!, 0) / shapes.length,
  );
  const centred = shapes.map((shape) => shape.map((value, i) => value - means[i]!));
  const powers = GROUPS.map(([from, to]) =>
    Math.sqrt(centred.reduce((sum, shape) => sum + shape.slice(from, to).reduce((all, x) => all + x * x, 0), 0)),
  );
  return centred.map((shape) =>
    GROUPS.flatMap(([from, to], k) => shape.slice(from, to).map((value) => value / (powers[k]! || 1))),
  );
}

const REACH = 4;

/** How new what comes is at each bar line: a checkerboard along the self-similarity matrix (Foote 2000). */
export function noveltyOf(bars: readonly BarPicture[]): number[] {
  const shapes = contrasted(bars.map(({ shape }) => shape));
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

/** How the heard boundaries lie to the written ones. */
export interface BoundaryAgreement {
  /** Share of the written boundaries that are heard; one bar off counts. */
  recall: number;
  precision: number;
  /** What the recall would be if the heard ones were anywhere. */
  chance: number;
}

/** Compares peaks of novelty with the boundaries of sections. */
export function boundaryAgreement(
  peaks: readonly number[],
  boundaries: readonly number[],
  barCount: number,
): BoundaryAgreement {
  const isNear = (bar: number, others: readonly number[]) => others.some((other) => Math.abs(other - bar) <= 1);
  const share = (bars: readonly number[], others: readonly number[]) =>
    bars.length === 0 ? 0 : bars.filter((bar) => isNear(bar, others)).length / bars.length;
  const covered = Array.from({ length: barCount }, (_, bar) => bar).filter((bar) => isNear(bar, peaks));
  return {
    recall: share(boundaries, peaks),
    precision: share(peaks, boundaries),
    chance: covered.length / Math.max(1, barCount),
  };
}
