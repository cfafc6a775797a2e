/** A key as judges name it. */
export interface HeardKey {
  /** Pitch class of the tonic: 0 is C. */
  tonic: number;
  mode: 'major' | 'minor';
}

export type KeyRelation = 'same' | 'fifth' | 'relative' | 'parallel' | 'other';

/** What a near miss is worth (MIREX, Audio Key Detection). */
export const MIREX_WEIGHTS: Record<KeyRelation, number> = {
  same: 1,
  fifth: 0.5,
  relative: 0.3,
  parallel: 0.2,
  other: 0,
};

const LETTERS: Record<string, number> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
const NAMES = ['C', 'Db', 'D', 'Eb', 'E', 'F', 'F#', 'G', 'Ab', 'A', 'Bb', 'B'] as const;

/** "F# minor" as a key. */
export function keyNamed(name: string): HeardKey {
  const match = /^([A-G])([#b]*) (major|minor)$/.exec(name);
  if (!match) throw new Error(`"${name}" is no key`);
  const [, letter = '', signs = '', mode] = match;
  const shift = [...signs].reduce((sum, sign) => sum + (sign === '#' ? 1 : -1), 0);
  return { tonic: (LETTERS[letter]! + shift + 12) % 12, mode: mode as HeardKey['mode'] };
}

/** A key as one writes it. */
export function nameOfKey({ tonic, mode }: HeardKey): string {
  return `${NAMES[tonic]!} ${mode}`;
}

/** How a heard key lies to the asked one; a fifth counts in both directions, as MIREX has it since 2017. */
export function keyRelation(asked: HeardKey, heard: HeardKey): KeyRelation {
  const distance = (heard.tonic - asked.tonic + 12) % 12;
  if (asked.mode === heard.mode) return distance === 0 ? 'same' : distance === 7 || distance === 5 ? 'fifth' : 'other';
  if (distance === 0) return 'parallel';
  return distance === (asked.mode === 'major' ? 9 : 3) ? 'relative' : 'other';
}
