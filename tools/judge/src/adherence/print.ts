import { nameOfKey, keyNamed } from '../hearing/mirex';
import { keyScore, tempoScore } from './scores';
import type { Row } from './judgement';

function bpm(value: number | null | undefined): string {
  return (typeof value === 'number' ? value.toFixed(1) : value === null ? 'none' : '–').padStart(6);
}

function mark(isRight: boolean | undefined): string {
  return isRight === undefined ? ' ' : isRight ? '+' : '✗';
}

function heardOf({ asked, heard, isTempo, keyRelation, ...row }: Row): string {
  const key = asked.key === undefined ? '' : nameOfKey(keyNamed(asked.key));
  const levels = `${heard.loudness.own.toFixed(2)} LUFS ${heard.truePeak.own.toFixed(2)} dBTP`;
  const others = [row.isLoudness ? '' : 'LOUDNESS', row.isPeak ? '' : 'PEAK', row.isSilent ? 'SILENCE' : ''];
  const flags = [...others, row.isExact ? '' : 'DURATION'].filter((flag) => flag !== '').join(' ');
  return (
    `${mark(isTempo)} ${bpm(asked.bpm)} ${asked.metre} → ${bpm(heard.tempo.aubio)}${bpm(heard.tempo.bpm)}${bpm(heard.tempo.own)}  ` +
    `${mark(keyRelation === undefined ? undefined : keyRelation === 'same')} ${key.padEnd(8)} → ${heard.key.padEnd(8)} ` +
    `(${(keyRelation ?? '').padEnd(8)}; written ${heard.writtenKey.padEnd(8)})  ${levels} ${flags}`
  );
}

/** Every piece on a line: nothing is left out. */
export function printRaw(rows: readonly Row[]): string[] {
  const head = 'tempo asked → aubio, bpm-tools, own; key asked → heard (relation; key of the notes as written); levels';
  return [head, ...rows.map((row) => `${heardOf(row)}  ${row.genre}: ${row.prompt}`)];
}

/** The same by genre. */
export function printByGenre(rows: readonly Row[]): string[] {
  const genres = [...new Set(rows.map(({ genre }) => genre))];
  return [
    `${'genre'.padEnd(14)} pieces  tempo    key  by judge: aubio  bpm  own`,
    ...genres.map((genre) => {
      const own = rows.filter((row) => row.genre === genre);
      const by = (judge: string) => own.filter(({ tempoJudges }) => tempoJudges.includes(judge)).length;
      return (
        `${genre.padEnd(14)} ${String(own.length).padStart(6)} ${tempoScore(own).toFixed(2).padStart(6)} ${keyScore(own).toFixed(2).padStart(6)}` +
        `            ${String(by('aubio')).padStart(5)}${String(by('bpm')).padStart(5)}${String(by('own')).padStart(5)}`
      );
    }),
  ];
}

/** What was missed, and what the engine had made of it. */
export function printFailures(
  rows: readonly Row[],
  failures: readonly { prompt: string; seed: number; error: string }[],
): string[] {
  const missed = rows.filter(({ isTempo, keyRelation }) => isTempo === false || (keyRelation ?? 'same') !== 'same');
  return [
    `${missed.length} of ${rows.length} with a tempo or a key that was not heard as asked:`,
    ...missed.map((row) => {
      const { understood } = row;
      const made = `${understood.genre}, ${understood.bpm.toFixed(1)}, ${understood.key}, ${understood.metre}`;
      return `${row.genre}: "${row.prompt}" (seed ${row.seed}; understood as ${made}) ${heardOf(row)}`;
    }),
    ...failures.map(({ prompt, seed, error }) => `failed: "${prompt}" (seed ${seed}) ${error.split('\n')[0]!}`),
  ];
}
