import type { Bar, Plan } from '../form/plan';
import { inMetre } from '../form/metre';
import type { Harmony } from '../harmony/progression';
import type { Instrument } from '../instruments';
import type { Slot } from '../genres/genre';
import type { Intent } from '../prompt/intent';
import type { Streams } from '../random';

/** A note as written, before anybody plays it. Velocities are those of a piece in mezzo forte. */
export interface SketchNote {
  beat: number;
  beats: number;
  pitch: number;
  velocity: number;
  /** Strums and rolls: milliseconds after the beat. */
  delayMs?: number;
  /** Slides into the note from so many semitones. */
  slide?: number;
}

/** Someone in the band: a chair, the instrument that has it, and the bars in which it plays. */
export interface Player {
  name: string;
  slot: Slot;
  instrument: Instrument;
  /** Per bar of the body. */
  plays: boolean[];
  /** Has the chords' bass too, when nobody else does. */
  coversBass: boolean;
}

/** What every part is written from. */
export interface Sheet {
  intent: Intent;
  plan: Plan;
  harmony: Harmony;
  streams: Streams;
}

export type Level = 'calm' | 'main' | 'full';

/** Which of a genre's patterns an energy asks for. */
export function levelOf(energy: number): Level {
  return energy < 0.45 ? 'calm' : energy < 0.74 ? 'main' : 'full';
}

export const STEP = 0.25;

/** From here on hands and feet leave out what is between the beats, and what they play marks these. */
const FAST_BPM = 158;

/** What one has played twice, one plays otherwise the third time; and so after eight bars of it. */
export function roundOf({ section: { occurrence }, index }: Bar): string {
  return `${occurrence < 2 ? 0 : occurrence % 5} ${Math.floor(index / 8)}`;
}

/** The patterns that a book has for a level, a metre and a tempo. */
export function patternsFor<T>(
  book: Record<Level, T[]> & { fast?: T[]; triple?: T[] },
  level: Level,
  { metre, bpm }: Plan,
): T[] {
  if (metre.name !== '4/4') return book.triple ?? book[level];
  return bpm >= FAST_BPM && level !== 'calm' && book.fast ? book.fast : book[level];
}

/** Reads a pattern over a bar, sign by sign. A bar that is cut short keeps the pattern's end, where it leads on. */
export function readPattern(
  pattern: string,
  bar: Bar,
  plan: Plan,
  read: (sign: string, beat: number, step: number) => void,
): void {
  const { steps } = plan.metre;
  const fitted = inMetre(pattern, plan.metre);
  const bars = Math.max(1, Math.round(fitted.length / steps));
  const offset = (bar.index % bars) * steps;
  const played = Math.round(bar.beats / STEP);
  const isLeadIn = bar.beats < plan.metre.barBeats && bar.start === 0 && !plan.loop;
  const skipped = isLeadIn ? steps - played : 0;
  for (let step = 0; step < played; step++) {
    const sign = fitted[offset + skipped + step] ?? '.';
    read(sign, bar.start + step * STEP, step);
  }
}
