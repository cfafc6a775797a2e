import type { TimeSignature } from '../form/metre';
import { LACK_WORDS } from './instrument-words';
import type { KeyWish } from './read-key';
import { readKey } from './read-key';
import { FILLERS, NEGATORS, STOP_WORDS } from './stop-words';
import type { TempoWord } from './tempo-words';
import { claim, matchAll, matchAt, tokensOf } from './tokens';
import type { Match, Token } from './tokens';
import {
  GENRES_BY_WORD,
  INSTRUMENTS_BY_WORD,
  METRES_BY_WORD,
  MOODS_BY_WORD,
  SCENES_BY_WORD,
  TEMPOS_BY_WORD,
} from './vocabularies';

/** What a prompt says, as far as it is understood. */
export interface Reading {
  bpm?: number;
  tempoWords: TempoWord[];
  /** Tempo words that were denied: "not too fast". */
  deniedTempo: TempoWord[];
  key: KeyWish;
  timeSignature?: TimeSignature;
  genre?: string;
  moods: string[];
  instruments: string[];
  generalInstruments: string[];
  excluded: string[];
  isLineUp: boolean;
  wantsSolo: boolean;
  sceneGenre?: string;
  ignored: string[];
}

const BPM_MIN = 30;
const BPM_MAX = 300;

/** "Metal at 150": a plain number after "at" that a metronome has, and that nothing else is counted in. */
function isSpeed(tokens: readonly Token[], at: number, number: number): boolean {
  const after = tokens[at + 1]?.text ?? ',';
  const isCounted = !/^[,;:.!?()]$/.test(after) && !['in', 'with', 'and', 'for', 'key'].includes(after);
  return tokens[at - 1]?.text === 'at' && number >= 40 && number <= 240 && !isCounted;
}

/** "120 bpm", "tempo: 95", "at 120 beats". */
function readBpm(tokens: readonly Token[]): number | undefined {
  for (const [at, token] of tokens.entries()) {
    const match = /^(\d{2,3}(?:\.\d+)?)(bpm)?$/.exec(token.text);
    const bpm = Number(match?.[1]);
    if (!match || bpm < BPM_MIN || bpm > BPM_MAX) continue;
    const before = tokens.slice(Math.max(0, at - 2), at).map((each) => each.text);
    const isUnit = match[2] !== undefined || ['bpm', 'beats'].includes(tokens[at + 1]?.text ?? '');
    const isNamed = before.includes('tempo') || before.includes('bpm') || isSpeed(tokens, at, bpm);
    if (!isUnit && !isNamed) continue;
    claim(tokens, { at, length: isUnit && !match[2] ? 2 : 1 });
    return bpm;
  }
  return undefined;
}

/** Marks what a negation covers: "no drums, bass or piano", "without strings", "not too fast". */
function markNegations(tokens: readonly Token[]): void {
  for (let at = 0; at < tokens.length; at++) {
    if (!NEGATORS.has(tokens[at]!.text)) continue;
    let i = at + 1;
    while (i < tokens.length) {
      while (FILLERS.has(tokens[i]?.text ?? '')) i++;
      const match =
        matchAt(tokens, i, INSTRUMENTS_BY_WORD) ??
        matchAt(tokens, i, TEMPOS_BY_WORD) ??
        matchAt(tokens, i, GENRES_BY_WORD) ??
        matchAt(tokens, i, MOODS_BY_WORD);
      const length = match?.length ?? 1;
      for (let k = i; k < Math.min(tokens.length, i + length); k++) tokens[k]!.isNegated = true;
      i += length;
      if (!goesOn(tokens, i)) break;
      while (['or', 'nor', 'and', '&', ','].includes(tokens[i]?.text ?? '')) i++;
    }
    at = Math.max(at, i - 1);
  }
}

/** A list goes on with "or" and "and"; a comma only when one of them is still to come. */
function goesOn(tokens: readonly Token[], at: number): boolean {
  const text = tokens[at]?.text ?? '';
  if (['or', 'nor'].includes(text)) return true;
  if (['and', '&'].includes(text)) return matchAt(tokens, at + 1, INSTRUMENTS_BY_WORD) !== undefined;
  if (text !== ',') return false;
  const item = matchAt(tokens, at + 1, INSTRUMENTS_BY_WORD);
  const after = tokens[at + 1 + (item?.length ?? 0)]?.text ?? '';
  const isLast = ['or', 'nor'].includes(tokens[at + 1]?.text ?? '');
  return (
    isLast ||
    (item !== undefined && (['or', 'nor'].includes(after) || (after === ',' && goesOn(tokens, at + 1 + item.length))))
  );
}

/** The head of a run of genre words is its last: orchestral rock is rock. What comes after "with" is colour. */
function headGenre(matches: readonly Match<string>[]): Match<string> | undefined {
  let head = matches[0];
  for (const match of matches.slice(1)) {
    if (head && match.at === head.at + head.length) head = match;
    else break;
  }
  return head;
}

function isEnsemble(tokens: readonly Token[], { at, length }: Match<string>): boolean {
  const players = matchAt(tokens, at, INSTRUMENTS_BY_WORD);
  return players !== undefined && players.length === length && players.meaning.players.length > 1;
}

function isDenied(tokens: readonly Token[], { at }: { at: number }): boolean {
  return tokens[at]!.isNegated;
}

const SOLOS = new Set(['solo', 'solos']);
const ARTICLES = new Set(['a', 'an', 'some', 'the', 'one']);
/** What follows these is somebody in a band: "jazz with a flute solo" has the flute step forward, not the others leave. */
const JOINERS = new Set('with and & plus featuring feat ft including includes has having add by then into'.split(' '));
const STOPS = new Set([',', ';', ':', '.']);

/** "Solo piano", "a flute solo", "only strings": nobody else plays. */
function playsAlone(tokens: readonly Token[], { at, length }: Match<unknown>): boolean {
  const text = (index: number) => tokens[index]?.text ?? '';
  if (['only', 'just', 'unaccompanied'].includes(text(at - 1)) || text(at + length) === 'only') return true;
  const isBefore = text(at - 1) === 'solo';
  if (!isBefore && text(at + length) !== 'solo') return false;
  let first = isBefore ? at - 1 : at;
  const hasArticle = ARTICLES.has(text(first - 1));
  if (hasArticle) first--;
  if (JOINERS.has(text(first - 1))) return false;
  return isBefore || first === 0 || (hasArticle && !STOPS.has(text(first - 1)));
}

function readInstruments(
  tokens: readonly Token[],
): Pick<Reading, 'instruments' | 'generalInstruments' | 'excluded' | 'isLineUp' | 'wantsSolo'> {
  const instruments: string[] = [];
  const generalInstruments: string[] = [];
  const excluded: string[] = [];
  let isLineUp = false;
  let wantsSolo = false;
  for (const match of matchAll(tokens, INSTRUMENTS_BY_WORD)) {
    const { players, lacking, isGeneral } = match.meaning;
    if (isDenied(tokens, match)) {
      excluded.push(...lacking);
      continue;
    }
    (isGeneral ? generalInstruments : instruments).push(...players);
    isLineUp ||= match.meaning.isLineUp || playsAlone(tokens, match);
    wantsSolo ||= SOLOS.has(tokens[match.at + match.length]?.text ?? '');
  }
  for (const token of tokens) {
    const lacking = LACK_WORDS[token.text];
    if (!lacking) continue;
    token.isUsed = true;
    excluded.push(...(INSTRUMENTS_BY_WORD.get(lacking)?.lacking ?? []));
  }
  return { instruments, generalInstruments, excluded, isLineUp, wantsSolo };
}

/** Reads a prompt. Nothing in it can be wrong: what means nothing here is listed as ignored. */
export function readPrompt(prompt: string): Reading {
  const tokens = tokensOf(prompt);
  const bpm = readBpm(tokens);
  const key = readKey(tokens);
  markNegations(tokens);
  const scenes = matchAll(tokens, SCENES_BY_WORD, { keep: true });
  const metres = matchAll(tokens, METRES_BY_WORD, { keep: true });
  const genres = matchAll(tokens, GENRES_BY_WORD, { keep: true }).filter((match) => !isDenied(tokens, match));
  const metreNames = metres.filter(
    (match) => !genres.some((genre) => genre.at === match.at && genre.length > match.length),
  );
  const genre = headGenre(genres);
  // "String quartet" names a genre and, still to be read, who plays it.
  // The same genre said twice is no second wish: "blues shuffle" is not sad.
  for (const match of genres) {
    if (match.meaning === genre?.meaning && !isEnsemble(tokens, match)) claim(tokens, match);
  }
  const played = readInstruments(tokens);
  const sameMetre = metreNames.filter(({ meaning }) => meaning === metreNames[0]?.meaning);
  for (const match of [...sameMetre, ...scenes]) claim(tokens, match);
  const tempo = matchAll(tokens, TEMPOS_BY_WORD);
  const moods = matchAll(tokens, MOODS_BY_WORD).filter((match) => !isDenied(tokens, match));
  const meant = scenes.filter((match) => !isDenied(tokens, match)).map((match) => match.meaning);
  return {
    bpm,
    key,
    ...played,
    tempoWords: tempo.filter((match) => !isDenied(tokens, match)).map((match) => match.meaning),
    deniedTempo: tempo.filter((match) => isDenied(tokens, match)).map((match) => match.meaning),
    timeSignature: metreNames.find((match) => !isDenied(tokens, match))?.meaning,
    genre: genre?.meaning,
    moods: [...moods.map((match) => match.meaning), ...meant.flatMap(({ mood }) => mood ?? [])],
    instruments: [...played.instruments, ...meant.flatMap(({ players }) => players)],
    sceneGenre: meant.find((scene) => scene.genre)?.genre,
    ignored: ignoredIn(tokens),
  };
}

function ignoredIn(tokens: readonly Token[]): string[] {
  const left = tokens.filter((token) => !token.isUsed && !STOP_WORDS.has(token.text) && !NEGATORS.has(token.text));
  return [...new Set(left.map((token) => token.raw.replace(/[.'’/&]+$/, '')))].filter((word) => word !== '');
}
