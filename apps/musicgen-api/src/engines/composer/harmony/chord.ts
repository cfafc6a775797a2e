import { Note } from 'tonal';
import { chroma, pitchClass } from './pitch';
import type { Key } from './pitch';

/** A chord in a key. Pitch classes, root first. */
export interface Chord {
  symbol: string;
  root: number;
  tones: number[];
  /** What the bass plays: the root unless the chord is inverted. */
  bass: number;
  /** Semitones of the root above the tonic. */
  degree: number;
  /** Strong pull to what follows: a dominant seventh or a diminished chord. */
  isTense: boolean;
}

/** Chord types by suffix: semitones above the root, and how a lead sheet writes them. */
const TYPES: Record<string, { steps: number[]; symbol: string }> = {
  '': { steps: [0, 4, 7], symbol: '' },
  m: { steps: [0, 3, 7], symbol: 'm' },
  '5': { steps: [0, 7], symbol: '5' },
  '6': { steps: [0, 4, 7, 9], symbol: '6' },
  m6: { steps: [0, 3, 7, 9], symbol: 'm6' },
  '7': { steps: [0, 4, 7, 10], symbol: '7' },
  m7: { steps: [0, 3, 7, 10], symbol: 'm7' },
  maj7: { steps: [0, 4, 7, 11], symbol: 'maj7' },
  mmaj7: { steps: [0, 3, 7, 11], symbol: 'mMaj7' },
  '9': { steps: [0, 4, 7, 10, 2], symbol: '9' },
  m9: { steps: [0, 3, 7, 10, 2], symbol: 'm9' },
  maj9: { steps: [0, 4, 7, 11, 2], symbol: 'maj9' },
  add9: { steps: [0, 4, 7, 2], symbol: 'add9' },
  madd9: { steps: [0, 3, 7, 2], symbol: 'madd9' },
  '69': { steps: [0, 4, 7, 9, 2], symbol: '6/9' },
  m69: { steps: [0, 3, 7, 9, 2], symbol: 'm6/9' },
  '11': { steps: [0, 7, 10, 2, 5], symbol: '11' },
  m11: { steps: [0, 3, 7, 10, 5], symbol: 'm11' },
  '13': { steps: [0, 4, 10, 2, 9], symbol: '13' },
  '7b9': { steps: [0, 4, 7, 10, 1], symbol: '7b9' },
  '7#9': { steps: [0, 4, 7, 10, 3], symbol: '7#9' },
  '7b13': { steps: [0, 4, 8, 10], symbol: '7b13' },
  sus2: { steps: [0, 2, 7], symbol: 'sus2' },
  sus4: { steps: [0, 5, 7], symbol: 'sus4' },
  '7sus4': { steps: [0, 5, 7, 10], symbol: '7sus4' },
  m7b5: { steps: [0, 3, 6, 10], symbol: 'm7b5' },
  o: { steps: [0, 3, 6], symbol: 'dim' },
  o7: { steps: [0, 3, 6, 9], symbol: 'dim7' },
  '+': { steps: [0, 4, 8], symbol: 'aug' },
};

const DEGREES = ['I', 'II', 'III', 'IV', 'V', 'VI', 'VII'];
const MAJOR = [0, 2, 4, 5, 7, 9, 11];
const NUMERAL = /^([b#]?)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)([^/]*)(?:\/(.+))?$/;

/** Semitones above the tonic and the interval's name, for spelling. */
function degreeOf(accidental: string, numeral: string): { semitones: number; interval: string } {
  const index = DEGREES.indexOf(numeral.toUpperCase());
  const shift = accidental === 'b' ? -1 : accidental === '#' ? 1 : 0;
  const perfect = index === 0 || index === 3 || index === 4;
  const quality = shift === 0 ? (perfect ? 'P' : 'M') : shift > 0 ? 'A' : perfect ? 'd' : 'm';
  return { semitones: MAJOR[index]! + shift, interval: `${index + 1}${quality}` };
}

function typeOf(numeral: string, suffix: string): { steps: number[]; symbol: string } {
  const isMinor = numeral === numeral.toLowerCase();
  const isPlain = suffix.startsWith('o') || suffix.startsWith('m') || suffix === '5' || suffix.startsWith('sus');
  const type = TYPES[isMinor && (!isPlain || suffix.startsWith('maj')) ? `m${suffix}` : suffix];
  if (!type) throw new Error(`There is no chord type ${numeral}${suffix}`);
  return type;
}

function plainName(name: string): string {
  const simple = Note.simplify(name);
  return /(##|bb)/.test(name) && simple !== '' ? simple : name;
}

/** A numeral in a key: "bVImaj7", "V7/vi" (of another degree), "IV/5" (a chord tone in the bass, by its semitones). */
export function chordOf(numeral: string, key: Key): Chord {
  const match = NUMERAL.exec(numeral);
  if (!match) throw new Error(`There is no chord ${numeral}`);
  const [, accidental = '', roman = 'I', suffix = '', slash] = match;
  if (slash && !/^\d+$/.test(slash)) {
    const target = chordOf(slash, key);
    const inner = chordOf(`${accidental}${roman}${suffix}`, {
      tonic: target.symbol.match(/^[A-G][b#]*/)![0],
      mode: 'major',
    });
    return { ...inner, degree: pitchClass(inner.root - chroma(key.tonic)) };
  }
  const { semitones, interval } = degreeOf(accidental, roman);
  const { steps, symbol } = typeOf(roman, suffix);
  const root = pitchClass(chroma(key.tonic) + semitones);
  const name = plainName(Note.transpose(key.tonic, interval));
  const bass = slash ? pitchClass(root + Number(slash)) : root;
  return {
    symbol: `${name}${symbol}`,
    root,
    tones: steps.map((step) => pitchClass(root + step)),
    bass,
    degree: pitchClass(semitones),
    isTense: steps.includes(10) ? steps.includes(4) : steps.includes(6),
  };
}
