export type TimeSignature = '3/4' | '4/4' | '6/8';

/** A metre on the grid of sixteenths. Beats are quarter notes. */
export interface Metre {
  name: TimeSignature;
  numerator: number;
  denominator: number;
  barBeats: number;
  /** Sixteenths in a bar. */
  steps: number;
  /** Length of what one counts, in beats. */
  pulse: number;
}

export const METRES: Record<TimeSignature, Metre> = {
  '4/4': { name: '4/4', numerator: 4, denominator: 4, barBeats: 4, steps: 16, pulse: 1 },
  '3/4': { name: '3/4', numerator: 3, denominator: 4, barBeats: 3, steps: 12, pulse: 1 },
  '6/8': { name: '6/8', numerator: 6, denominator: 8, barBeats: 3, steps: 12, pulse: 1.5 },
};

/** Which sixteenths of half a 4/4 bar survive in half a 6/8 bar: the eighths fall where they should. */
const COMPOUND = [0, 1, 2, 3, 6, 7];

/** A pattern written in sixteenths of 4/4, in the given metre: in three the fourth beat falls away, in six each half loses a quarter. */
export function inMetre(pattern: string, metre: Metre): string {
  if (metre.name === '4/4' || pattern.length % 16 !== 0) return pattern;
  const bars = Array.from({ length: pattern.length / 16 }, (_, i) => pattern.slice(i * 16, i * 16 + 16));
  if (metre.name === '3/4') return bars.map((bar) => bar.slice(0, 12)).join('');
  return bars.map((bar) => [0, 8].map((half) => COMPOUND.map((step) => bar[half + step]).join('')).join('')).join('');
}

/** Is this beat of a bar one that listeners count? */
export function isStrong(beatInBar: number, metre: Metre): boolean {
  return Math.abs(beatInBar / metre.pulse - Math.round(beatInBar / metre.pulse)) < 1e-6;
}
