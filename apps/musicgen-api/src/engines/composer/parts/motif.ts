import { inMetre } from '../form/metre';
import type { Metre } from '../form/metre';
import type { MelodyBook } from '../genres/genre';
import type { Random } from '../random';
import { STEP } from './sketch';

/** A note of a motif: where, how long, and how many steps of the scale above the motif's anchor. */
export interface MotifNote {
  at: number;
  beats: number;
  degree: number;
  /** Where a phrase comes to rest: at home, or open on another tone of the chord. */
  goal?: 'home' | 'open';
}

export type Motif = MotifNote[];

/** Notes of a rhythm, without pitches. */
function onsetsOf(pattern: string): { at: number; beats: number }[] {
  const notes: { at: number; beats: number }[] = [];
  let open: { at: number; beats: number } | undefined;
  [...pattern].forEach((sign, step) => {
    if (sign === 'x') notes.push((open = { at: step * STEP, beats: STEP }));
    else if (sign === '-') open = undefined;
    else if (open) open.beats += STEP;
  });
  return notes;
}

/** Steps mostly, a leap now and then that is answered by a step back; never far from where it began. */
function contour(count: number, leaps: number, random: Random): number[] {
  const degrees = [random.pick([0, 0, 2, 2, 4, -1, 1])];
  const direction = random.chance(0.5) ? 1 : -1;
  let lastMove = 0;
  while (degrees.length < count) {
    const from = degrees.at(-1)!;
    const isHalfway = degrees.length > count / 2;
    const drift = isHalfway ? -direction : direction;
    let move = random.chance(0.72) ? drift : random.pick([0, -drift, -drift, drift * 2]);
    if (Math.abs(lastMove) > 1) move = -Math.sign(lastMove);
    else if (random.chance(leaps)) move = drift * random.pick([2, 3, 3, 4]);
    if (Math.abs(from + move) > 6) move = -move;
    degrees.push(from + move);
    lastMove = move;
  }
  return degrees;
}

/** Two bars of rhythm: the second bar likes to rhyme with the first. */
function rhythm(cells: readonly string[], metre: Metre, random: Random): string {
  const first = [random.pick(cells), random.pick(cells)];
  const second = [random.chance(0.6) ? first[0]! : random.pick(cells), random.pick(cells)];
  const bars = [first, second].map((halves) => inMetre(halves.join(''), metre));
  return bars.join('');
}

/** A new idea of two bars. */
export function inventMotif(book: MelodyBook, metre: Metre, random: Random, isSolo = false): Motif {
  const cells = isSolo ? book.soloCells : book.cells;
  let notes = onsetsOf(rhythm(cells, metre, random));
  for (let tries = 0; notes.length < 3 && tries < 8; tries++) notes = onsetsOf(rhythm(cells, metre, random));
  const degrees = contour(notes.length, book.leaps, random);
  return notes.map((note, i) => ({ ...note, degree: degrees[i]! }));
}

/** The same idea on another step. */
export function sequenced(motif: Motif, steps: number): Motif {
  return motif.map((note) => ({ ...note, degree: note.degree + steps }));
}

/** Upside down. */
export function inverted(motif: Motif): Motif {
  const first = motif[0]?.degree ?? 0;
  return motif.map((note) => ({ ...note, degree: 2 * first - note.degree }));
}

/** Long notes become turns around themselves, and some repeated ones are left out: recognised, but not the same. */
export function ornamented(motif: Motif, amount: number, random: Random): Motif {
  return motif.flatMap((note): Motif => {
    if (note.beats < 1 || note.goal || !random.chance(amount)) return [note];
    const half = note.beats >= 1.5 ? note.beats - 0.5 : note.beats / 2;
    return [
      { ...note, beats: half },
      { at: note.at + half, beats: note.beats - half, degree: note.degree + random.pick([1, 1, -1]) },
    ];
  });
}

/** The part of a motif in its first beats. */
export function head(motif: Motif, beats: number): Motif {
  return motif
    .filter((note) => note.at < beats - 1e-6)
    .map((note) => ({ ...note, beats: Math.min(note.beats, beats - note.at) }));
}

/** Later in time. */
export function delayed(motif: Motif, beats: number): Motif {
  return motif.map((note) => ({ ...note, at: note.at + beats }));
}

/** One bar that comes to rest, and breathes. */
export function cadenceBar(goal: 'home' | 'open', metre: Metre, from: number, random: Random): Motif {
  const { barBeats, pulse } = metre;
  const lead = metre.name === '4/4' ? random.pick([0, 0.5, 1, 2]) : random.pick([0, pulse]);
  const count = lead === 0 ? 0 : Math.max(1, Math.min(3, Math.round(lead / 0.5)));
  const run = Array.from({ length: count }, (_, i): MotifNote => {
    const beats = lead / count;
    return { at: i * beats, beats, degree: Math.round((from * (count - i)) / (count + 1)) };
  });
  const rest = random.pick([0.5, 1]);
  return [...run, { at: lead, beats: Math.max(0.5, barBeats - lead - rest), degree: goal === 'home' ? 0 : 1, goal }];
}
