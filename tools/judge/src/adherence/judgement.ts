import type { Hearing } from '../crew/tasks';
import { keyNamed, keyRelation, MIREX_WEIGHTS, nameOfKey } from '../hearing/mirex';
import type { KeyRelation } from '../hearing/mirex';
import type { AskedPrompt } from '../prompts/asked';
import { tempoAgreement } from './tempo-agreement';

const LOUDNESS = -14;
const LOUDNESS_TOLERANCE = 0.3;
const TRUE_PEAK_MAX = -1;
/** ffmpeg prints one decimal place. */
const PRINTED = 0.05;
const SILENCE_SECONDS_MAX = 2;

/** One line of the raw table: what was asked, what was heard. */
export interface Row {
  list: 'fixed' | 'held-out';
  genre: string;
  prompt: string;
  seed: number;
  asked: { bpm?: number; key?: string; metre: string; seconds: number };
  understood: { genre: string; bpm: number; key: string; metre: string };
  heard: {
    tempo: Hearing['heard']['tempo'];
    aubioPrinted?: number;
    key: string;
    keyVotes: Record<string, string>;
    keyRunnerUp: string;
    writtenKey: string;
    loudness: Hearing['heard']['loudness'];
    truePeak: Hearing['heard']['truePeak'];
    silence: Hearing['heard']['silence'];
    seconds: Hearing['heard']['seconds'];
  };
  tempoJudges: string[];
  isTempo?: boolean;
  keyRelation?: KeyRelation;
  keyWeight?: number;
  isLoudness: boolean;
  isPeak: boolean;
  isSilent: boolean;
  isExact: boolean;
}

function within(values: { own: number; ffmpeg?: number }, holds: (value: number, slack: number) => boolean): boolean {
  return holds(values.own, 0) && (values.ffmpeg === undefined || holds(values.ffmpeg, PRINTED));
}

function isExactly(seconds: number, { heard }: Hearing): boolean {
  const isWhole = heard.frames === Math.round(seconds * heard.rate);
  const { ffprobe } = heard.seconds;
  return isWhole && (ffprobe === undefined || Math.abs(ffprobe - seconds) < 0.001);
}

/** Compares what was asked with what was heard. */
export function judged(
  { genre, prompt, bpm, key, metre }: AskedPrompt,
  { list, seed, seconds }: Pick<Row, 'list' | 'seed'> & { seconds: number },
  hearing: Hearing,
): Row {
  const { heard, report, writtenKey, writtenMetre } = hearing;
  const agreement = bpm === undefined ? undefined : tempoAgreement(heard.tempo, bpm, metre);
  const relation = key === undefined ? undefined : keyRelation(keyNamed(key), heard.key);
  return {
    list,
    genre,
    prompt,
    seed,
    asked: { bpm, key, metre, seconds },
    understood: {
      genre: report.interpretation.genre.value,
      bpm: report.analysis.tempo,
      key: report.analysis.key,
      metre: writtenMetre,
    },
    heard: {
      tempo: heard.tempo,
      aubioPrinted: heard.aubioPrinted,
      key: nameOfKey(heard.key),
      keyVotes: Object.fromEntries(Object.entries(heard.key.votes).map(([name, vote]) => [name, nameOfKey(vote)])),
      keyRunnerUp: nameOfKey(heard.key.runnerUp),
      writtenKey,
      loudness: heard.loudness,
      truePeak: heard.truePeak,
      silence: heard.silence,
      seconds: heard.seconds,
    },
    tempoJudges: agreement?.agree ?? [],
    isTempo: agreement?.isHeard,
    keyRelation: relation,
    keyWeight: relation && MIREX_WEIGHTS[relation],
    isLoudness: within(heard.loudness, (value, slack) => Math.abs(value - LOUDNESS) <= LOUDNESS_TOLERANCE + slack),
    isPeak: within(heard.truePeak, (value, slack) => value <= TRUE_PEAK_MAX + slack),
    isSilent: heard.silence.longestSeconds > SILENCE_SECONDS_MAX,
    isExact: isExactly(seconds, hearing),
  };
}
