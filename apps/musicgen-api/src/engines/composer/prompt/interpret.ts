import type { Interpretation, RenderRequest, Understood } from '../../engine';
import { METRES } from '../form/metre';
import type { TimeSignature } from '../form/metre';
import type { Genre, ModeName } from '../genres/genre';
import { GENRES } from '../genres/registry';
import { INSTRUMENTS, INSTRUMENT_IDS, getInstrument } from '../instruments';
import type { Streams } from '../random';
import { usualTonic } from '../harmony/pitch';
import type { Key } from '../harmony/pitch';
import { chooseGenre } from './choose-genre';
import type { Intent } from './intent';
import { MOODS } from './mood-words';
import type { Mood } from './mood-words';
import { readPrompt } from './read-prompt';
import type { Reading } from './read-prompt';
import { parseKey } from './read-key';
import { tokensOf } from './tokens';
import { INSTRUMENTS_BY_WORD, MOODS_BY_WORD } from './vocabularies';

/** Ids of the instruments that a parameter's words name: an id is itself, even where people use its words for another. */
export function instrumentsNamed(
  word: string,
): { players: string[]; lacking: string[]; isGeneral: boolean } | undefined {
  const phrase = tokensOf(word)
    .map((token) => token.text)
    .join(' ');
  const named = INSTRUMENTS_BY_WORD.get(phrase) ?? INSTRUMENTS_BY_WORD.get(phrase.replace(/s$/, ''));
  const id = phrase.replaceAll(' ', '_');
  const isOther = INSTRUMENT_IDS.includes(id) && !named?.players.includes(id);
  return isOther ? { players: [id], lacking: [id], isGeneral: false } : named;
}

/** Moods of the parameter, or of the prompt when there is none. */
function moodsOf(
  request: RenderRequest,
  reading: Reading,
): { names: string[]; from: 'parameter' | 'prompt'; ignored: string[] } {
  if (!request.mood) return { names: reading.moods, from: 'prompt', ignored: [] };
  const asked = readPrompt(request.mood);
  const names =
    asked.moods.length > 0
      ? asked.moods
      : [...MOODS_BY_WORD].filter(([word]) => word === request.mood?.toLowerCase()).map(([, id]) => id);
  return names.length > 0
    ? { names, from: 'parameter', ignored: [] }
    : { names: reading.moods, from: 'prompt', ignored: [request.mood] };
}

function average(moods: readonly Mood[], of: (mood: Mood) => number, neutral: number): number {
  return moods.length === 0 ? neutral : moods.reduce((sum, mood) => sum + of(mood), 0) / moods.length;
}

function keyOf(
  request: RenderRequest,
  reading: Reading,
  genre: Genre,
  moods: readonly Mood[],
  streams: Streams,
): Understood<Key> {
  const random = streams('key');
  const draw = random.next();
  const moodMode = moods.find((mood) => mood.mode)?.mode;
  const mode: ModeName = reading.key.mode ?? moodMode ?? (draw < genre.minorShare ? 'minor' : 'major');
  const asked = request.key === undefined ? undefined : parseKey(request.key);
  if (asked)
    return {
      value: { tonic: asked.tonic, mode: asked.isModeGiven ? asked.mode : (reading.key.mode ?? asked.mode) },
      from: 'parameter',
    };
  const usual = random.pickEarly(genre.keys[mode]);
  if (reading.key.tonic) {
    const named = reading.key.mode ?? (moodMode && genre.minorShare > 0 ? moodMode : 'major');
    return {
      value: parseKey(`${reading.key.tonic} ${named}`) ?? { tonic: usualTonic(usual, mode), mode },
      from: 'prompt',
    };
  }
  return { value: { tonic: usual, mode }, from: reading.key.mode ? 'prompt' : 'seed' };
}

/** What a mood would have to multiply the tempo with, or one minus that, to go all the way. */
const MOOD_REACH = 0.2;

function tempoOf(
  request: RenderRequest,
  reading: Reading,
  genre: Genre,
  moods: readonly Mood[],
  streams: Streams,
): Intent['tempo'] & { from: Understood<number>['from'] } {
  const { min, max, typical } = genre.tempo;
  const explicit = request.tempo ?? reading.bpm;
  if (explicit !== undefined) {
    return {
      explicit,
      min: explicit,
      max: explicit,
      target: explicit,
      from: request.tempo === undefined ? 'prompt' : 'parameter',
    };
  }
  const words = reading.tempoWords;
  const mark = words.find((word) => word.bpm)?.bpm;
  const spread = 1 + streams('tempo').bell() * 0.07;
  if (mark) return { min: mark * 0.92, max: mark * 1.08, target: mark * spread ** 0.4, from: 'prompt' };
  const wordFactor = words.find((word) => word.factor)?.factor;
  const denied = reading.deniedTempo.find((word) => word.factor)?.factor;
  const factor = wordFactor ?? (denied ? (denied > 1 ? 0.94 : 1.06) : 1);
  // A mood goes some of the way to the genre's slowest or fastest: calm jazz is a ballad, calm house still house.
  const way = (average(moods, (mood) => mood.tempo, 1) - 1) / MOOD_REACH;
  const usual = typical + way * (way < 0 ? typical - min : max - typical);
  const wanted = usual * factor * spread;
  // A word for tempo may leave the genre's usual range by some steps; a mood may not.
  const low = wordFactor && wordFactor < 1 ? min * 0.85 : min;
  const high = wordFactor && wordFactor > 1 ? max * 1.12 : max;
  const target = Math.min(high, Math.max(low, wanted));
  const slack = wordFactor ? 0.1 : 0.2;
  return {
    min: Math.max(low, target * (1 - slack)),
    max: Math.min(high, target * (1 + slack)),
    target,
    from: wordFactor || denied ? 'prompt' : 'genre',
  };
}

interface Ensemble {
  wanted: string[];
  excluded: Set<string>;
  isLineUp: boolean;
  from: Understood<string[]>['from'];
}

/** A parameter of three or more is a line-up: nobody else plays. Fewer are featured by the genre's band. */
const LINE_UP_SIZE = 3;

/** "Guitar" in metal is a distorted one: the genre's own player of the family, if it has one. */
function ownPlayer(id: string, genre: Genre): string {
  const { family } = getInstrument(id);
  const own = genre.band.flatMap((slot) => slot.players).find((player) => getInstrument(player).family === family);
  return own ?? id;
}

function ensembleOf(request: RenderRequest, reading: Reading, genre: Genre): Ensemble {
  const excluded = new Set<string>();
  for (const word of request.exclude ?? []) for (const id of instrumentsNamed(word)?.lacking ?? []) excluded.add(id);
  const fromParameter = (request.instruments ?? []).flatMap((word) => {
    const named = instrumentsNamed(word);
    return (named?.players ?? []).map((id) => (named?.isGeneral ? ownPlayer(id, genre) : id));
  });
  const asked = new Set(fromParameter);
  const general = reading.generalInstruments.map((id) => ownPlayer(id, genre));
  // The parameter wins: what it asks for, the prompt cannot exclude, and what it excludes, the prompt cannot ask for.
  for (const id of reading.excluded) if (!asked.has(id)) excluded.add(id);
  const isParameterLineUp = fromParameter.length >= LINE_UP_SIZE;
  const fromPrompt = isParameterLineUp ? [] : [...reading.instruments, ...general];
  const wanted = [...new Set([...fromParameter, ...fromPrompt])].filter(
    (id) => !excluded.has(id) && INSTRUMENTS.has(id),
  );
  return {
    wanted: wanted.slice(0, 12),
    excluded,
    isLineUp: isParameterLineUp || (reading.isLineUp && fromParameter.length === 0),
    from:
      fromParameter.length > 0
        ? 'parameter'
        : fromPrompt.length > 0 || reading.excluded.length > 0
          ? 'prompt'
          : 'genre',
  };
}

function energyOf(request: RenderRequest, reading: Reading, moods: readonly Mood[]): number {
  if (request.intensity !== undefined) return request.intensity;
  const byMood = average(moods, (mood) => mood.energy, 0);
  const byTempo = reading.tempoWords.reduce((sum, word) => sum + (word.energy ?? 0), 0);
  return Math.min(1, Math.max(0, 0.5 + byMood + byTempo * 0.7));
}

function titleOf(request: RenderRequest): string {
  const prompt = request.prompt.trim().replace(/\s+/g, ' ');
  return request.title ?? (prompt.length > 60 ? `${[...prompt].slice(0, 59).join('')}…` : prompt || 'Untitled');
}

/** A request as an intent for the composer, and as what is told to who asked. */
export function interpret(
  request: RenderRequest,
  streams: Streams,
): { intent: Intent; interpretation: Interpretation } {
  const reading = readPrompt(request.prompt);
  const mood = moodsOf(request, reading);
  const moods = mood.names.map((name) => MOODS[name]!);
  const choice = chooseGenre(request, reading, moods, streams);
  const genre = GENRES[choice.value]!;
  const { from: tempoFrom, ...tempo } = tempoOf(request, reading, genre, moods, streams);
  const key = keyOf(request, reading, genre, moods, streams);
  const named = request.timeSignature ?? reading.timeSignature;
  const timeSignature: TimeSignature = named ?? genre.metre ?? '4/4';
  const ensemble = ensembleOf(request, reading, genre);
  const intent: Intent = {
    genre,
    key: key.value,
    metre: METRES[timeSignature],
    tempo,
    energy: energyOf(request, reading, moods),
    brightness: average(moods, (each) => each.brightness, 0),
    ...ensemble,
    wantsSolo: reading.wantsSolo,
    duration: request.duration,
    loop: request.loop === true,
    structure: request.structure?.length ? request.structure : undefined,
    title: titleOf(request),
  };
  const metreFrom = request.timeSignature ? 'parameter' : reading.timeSignature ? 'prompt' : 'genre';
  const interpretation: Interpretation = {
    tempo: { value: tempo.target, from: tempoFrom },
    key: { value: `${key.value.tonic} ${key.value.mode}`, from: key.from },
    timeSignature: { value: timeSignature, from: metreFrom },
    genre: choice,
    ...(mood.names.length > 0 ? { mood: { value: mood.names[0]!, from: mood.from } } : {}),
    instruments: { value: ensemble.wanted, from: ensemble.from },
    ignored: [...reading.ignored, ...mood.ignored],
  };
  return { intent, interpretation };
}
