import type { ModeName } from '../genres/genre';
import { usualTonic } from '../harmony/pitch';
import type { Key } from '../harmony/pitch';
import { claim } from './tokens';
import type { Token } from './tokens';

const NOTE = /^([a-g])(#|b|is|es)?(m|maj|min|major|minor)?$/;
const MODES: Record<string, ModeName> = {
  major: 'major',
  maj: 'major',
  ionian: 'major',
  lydian: 'major',
  mixolydian: 'major',
  minor: 'minor',
  min: 'minor',
  m: 'minor',
  aeolian: 'minor',
  dorian: 'minor',
  phrygian: 'minor',
};
const ACCIDENTALS: Record<string, string> = { sharp: '#', flat: 'b' };

/** What a prompt says of its key: all of it, or the tonic, or the mode. */
export interface KeyWish {
  tonic?: string;
  mode?: ModeName;
}

interface Found extends KeyWish {
  length: number;
  /** Says by itself that it is a key: has a mode, an accidental, or a capital after "in". */
  isSure: boolean;
}

const SIGNS: Record<string, string> = { '#': '#', b: 'b', is: '#', es: 'b' };

/** What follows a note's letter: an accidental in words, then a mode. */
function tailAt(
  tokens: readonly Token[],
  at: number,
  hasSign: boolean,
): { accidental: string; mode?: ModeName; length: number } {
  const accidental = hasSign ? '' : (ACCIDENTALS[tokens[at]?.text ?? ''] ?? '');
  const length = accidental === '' ? 0 : 1;
  const mode = MODES[tokens[at + length]?.text ?? ''];
  return { accidental, mode, length: length + (mode ? 1 : 0) };
}

function isIntroduced(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1]?.text ?? '';
  return ['in', 'key', ':'].includes(before) || (before === 'of' && tokens[at - 2]?.text === 'key');
}

function noteAt(tokens: readonly Token[], at: number): Found | undefined {
  const token = tokens[at]!;
  const match = NOTE.exec(token.text);
  if (!match || token.isUsed) return undefined;
  const [, letter = '', sign = '', glued = ''] = match;
  const isCapital = /^[A-G]/.test(token.raw);
  if (glued === 'm' && !isCapital) return undefined;
  const tail = tailAt(tokens, at + 1, sign !== '');
  const accidental = (SIGNS[sign] ?? '') + tail.accidental;
  const mode = MODES[glued] ?? tail.mode;
  const hasContext = isIntroduced(tokens, at);
  // "in a ..." is an article more often than a key.
  if (letter === 'a' && accidental === '' && !mode && !(isCapital && hasContext)) return undefined;
  const isSigned = accidental !== '' && (isCapital || hasContext);
  const isSure = mode !== undefined || isSigned || (isCapital && hasContext);
  return { tonic: letter.toUpperCase() + accidental, mode, length: 1 + tail.length, isSure };
}

/** Finds a key in a prompt and claims its words. */
export function readKey(tokens: readonly Token[]): KeyWish {
  for (let at = 0; at < tokens.length; at++) {
    const found = noteAt(tokens, at);
    if (!found?.isSure) continue;
    claim(tokens, { at, length: found.length });
    return found;
  }
  const at = tokens.findIndex((token, i) => {
    const isKeyWord = ['key', 'tonality', 'scale'].includes(tokens[i + 1]?.text ?? '') || tokens[i - 1]?.text === 'in';
    return !token.isUsed && (token.text === 'minor' || token.text === 'major') && isKeyWord;
  });
  if (at < 0) return {};
  claim(tokens, { at, length: 1 });
  return { mode: MODES[tokens[at]!.text] };
}

/** A key parameter such as "A minor", "F#", "Bbm"; nothing when it is none. */
export function parseKey(text: string): (Key & { isModeGiven: boolean }) | undefined {
  const words = text
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replaceAll('♯', '#')
    .replaceAll('♭', 'b')
    .replace(/[-_\s]+/g, ' ');
  const match = /^([a-g])(#|b| sharp| flat)? ?(major|minor|maj|min|m)?$/.exec(words);
  if (!match) return undefined;
  const [, letter, sign = '', mode = 'major'] = match;
  const accidental = ACCIDENTALS[sign.trim()] ?? sign.trim();
  const isMajor = /\bM$/.test(text.trim()) || !mode.startsWith('m') || mode.startsWith('maj');
  const name: ModeName = isMajor ? 'major' : 'minor';
  const tonic = letter!.toUpperCase() + accidental;
  return {
    tonic: isUsual(tonic, name) ? tonic : usualTonic(tonic, name),
    mode: name,
    isModeGiven: match[3] !== undefined,
  };
}

/** Keys with up to seven signs are written as asked. */
function isUsual(tonic: string, mode: ModeName): boolean {
  const rare = mode === 'major' ? ['D#', 'G#', 'A#', 'E#', 'B#', 'Fb'] : ['Db', 'Gb', 'Cb', 'E#', 'B#', 'Fb'];
  return !rare.includes(tonic);
}
