import type { RenderRequest } from '../engine';
import { GENRE_IDS } from './genres/registry';
import { INSTRUMENT_IDS } from './instruments';
import { genreNamed } from './prompt/choose-genre';
import { instrumentsNamed } from './prompt/interpret';
import { MOODS } from './prompt/mood-words';
import { parseKey } from './prompt/read-key';

/** What the parameters of a request may name. */
export const ACCEPTED = {
  genres: GENRE_IDS,
  instruments: INSTRUMENT_IDS,
  moods: Object.keys(MOODS),
  keys: ['C', 'C#', 'Db', 'D', 'Eb', 'E', 'F', 'F#', 'Gb', 'G', 'Ab', 'G#', 'A', 'Bb', 'B'].flatMap((tonic) => [
    `${tonic} major`,
    `${tonic} minor`,
  ]),
  timeSignatures: ['3/4', '4/4', '6/8'],
  tempo: { min: 40, max: 240 },
  duration: { min: 1, max: 600 },
} as const;

/** A field of a request that the composer cannot follow, and what it can. */
export interface FieldProblem {
  path: string;
  problem: string;
}

const SECTION_BARS_MAX = 128;

function outside(value: number | undefined, { min, max }: { min: number; max: number }): boolean {
  return value !== undefined && !(value >= min && value <= max);
}

function namesUnknown(path: string, names: readonly string[] | undefined): FieldProblem[] {
  return (names ?? []).flatMap((name, i) =>
    instrumentsNamed(name)
      ? []
      : [
          {
            path: `${path}.${i}`,
            problem: `No instrument is called "${name}". Instruments: ${INSTRUMENT_IDS.join(', ')}`,
          },
        ],
  );
}

/** Both asked for and left out: one of the two must be a mistake. */
function contradictions({ instruments = [], exclude = [] }: RenderRequest): FieldProblem[] {
  const lacking = new Set(exclude.flatMap((name) => instrumentsNamed(name)?.lacking ?? []));
  return instruments.flatMap((name, i) => {
    const players = instrumentsNamed(name)?.players ?? [];
    const isContradicted = players.length > 0 && players.every((id) => lacking.has(id));
    return isContradicted ? [{ path: `instruments.${i}`, problem: `"${name}" is excluded by \`exclude\`` }] : [];
  });
}

function structureProblems({ structure, duration, tempo, timeSignature }: RenderRequest): FieldProblem[] {
  if (!structure) return [];
  const problems = structure.flatMap(({ bars }, i) =>
    Number.isInteger(bars) && bars >= 1 && bars <= SECTION_BARS_MAX
      ? []
      : [{ path: `structure.${i}.bars`, problem: `Must be a whole number from 1 to ${SECTION_BARS_MAX}` }],
  );
  if (problems.length > 0 || tempo !== undefined || structure.length === 0) return problems;
  const beats =
    structure.reduce((sum, { bars }) => sum + bars, 0) *
    (timeSignature === undefined || timeSignature === '4/4' ? 4 : 3);
  const bpm = (beats * 60) / duration;
  if (!outside(bpm, ACCEPTED.tempo)) return [];
  const problem = `These bars in ${duration} s need a tempo of ${Math.round(bpm)}; it must be ${ACCEPTED.tempo.min} to ${ACCEPTED.tempo.max}`;
  return [{ path: 'structure', problem }];
}

/** Everything in a request that names something unknown or impossible; nothing when it can be composed as asked. */
export function validateRequest(request: RenderRequest): FieldProblem[] {
  const { genre, mood, key, tempo, duration, timeSignature, intensity, instruments, exclude } = request;
  const problems: FieldProblem[] = [];
  const refuse = (path: string, problem: string) => problems.push({ path, problem });
  if (genre !== undefined && !genreNamed(genre))
    refuse('genre', `No genre is called "${genre}". Genres: ${GENRE_IDS.join(', ')}`);
  if (mood !== undefined && mood.trim() === '')
    refuse('mood', `Moods: ${ACCEPTED.moods.join(', ')}, or words like them`);
  if (key !== undefined && !parseKey(key)) refuse('key', `"${key}" is no key. Keys: ${ACCEPTED.keys.join(', ')}`);
  if (outside(tempo, ACCEPTED.tempo)) refuse('tempo', `Must be ${ACCEPTED.tempo.min} to ${ACCEPTED.tempo.max}`);
  if (outside(duration, ACCEPTED.duration))
    refuse('duration', `Must be ${ACCEPTED.duration.min} to ${ACCEPTED.duration.max} seconds`);
  if (timeSignature !== undefined && !ACCEPTED.timeSignatures.includes(timeSignature)) {
    refuse('timeSignature', `Must be one of ${ACCEPTED.timeSignatures.join(', ')}`);
  }
  if (outside(intensity, { min: 0, max: 1 })) refuse('intensity', 'Must be 0 to 1');
  return [
    ...problems,
    ...namesUnknown('instruments', instruments),
    ...namesUnknown('exclude', exclude),
    ...contradictions(request),
    ...structureProblems(request),
  ];
}
