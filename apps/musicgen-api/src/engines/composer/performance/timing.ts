import type { FeelBook } from '../genres/genre';
import type { Random } from '../random';
import type { Role } from '../score';

/** How far roles stray from the grid, relative to the genre's looseness: the rhythm section is the clock. */
const STRAY: Record<Role, number> = {
  drums: 0.35,
  percussion: 0.7,
  bass: 0.45,
  chords: 0.8,
  pad: 0.8,
  lead: 1,
  counter: 1,
  effects: 0,
};

/** Share of the genre's laid-back delay that each role takes. */
const LATENESS: Record<Role, number> = {
  drums: 0,
  percussion: 0.2,
  bass: 0.5,
  chords: 0.6,
  pad: 0,
  lead: 1,
  counter: 0.8,
  effects: 0,
};

const BACKBEATS = new Set([37, 38, 39, 40]);

/** Off-beats move later: halfway at 0, to a triplet's last third at 1. */
export function swung(beat: number, { swing, swingUnit }: FeelBook): number {
  if (swing === 0) return beat;
  const unit = swingUnit === 8 ? 1 : 0.5;
  const base = Math.floor(beat / unit + 1e-9) * unit;
  const within = (beat - base) / unit;
  const middle = 0.5 + swing / 6;
  const warped = within < 0.5 ? within * 2 * middle : middle + (within - 0.5) * 2 * (1 - middle);
  return base + warped * unit;
}

/** Milliseconds after the grid at which somebody plays a note. */
export function strayMs(role: Role, pitch: number, feel: FeelBook, random: Random): number {
  const late = role === 'drums' && BACKBEATS.has(pitch) ? feel.laidBackMs : feel.laidBackMs * LATENESS[role];
  return late + random.bell() * feel.looseMs * STRAY[role];
}
