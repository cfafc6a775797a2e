import { doAll } from '../crew/crew';
import type { CrewOptions } from '../crew/crew';
import type { AskedPrompt } from '../prompts/asked';
import { FIXED_PROMPTS } from '../prompts/fixed-prompts';
import { heldOutPrompts } from '../prompts/held-out';
import { verdictOf } from '../report/verdict';
import type { Section } from '../report/verdict';
import { judged } from './judgement';
import type { Row } from './judgement';
import { keyScore, tempoScore, tempoScoreAsPrinted } from './scores';
import { printByGenre, printFailures, printRaw } from './print';

const TARGETS = { tempo: 0.98, key: 0.92 };

export interface AdherenceOptions {
  prompts: number;
  heldOut: number;
  seconds: number;
  seed: number;
}

function share<T>(items: readonly T[], holds: (item: T) => boolean | undefined): number {
  return items.length === 0 ? NaN : items.filter((item) => holds(item)).length / items.length;
}

function verdictsOf(rows: readonly Row[], name: string) {
  return [
    verdictOf(`${name}: tempo within 4 %, two of three judges`, tempoScore(rows), { min: TARGETS.tempo }),
    verdictOf(`${name}: key, MIREX-weighted`, keyScore(rows), { min: TARGETS.key }),
  ];
}

/** Makes pieces of prompts that ask for a tempo and a key, listens to them, and reports what was heard. */
export async function judgeAdherence(crew: CrewOptions, options: AdherenceOptions): Promise<Section> {
  const { seconds, seed } = options;
  const fixed = FIXED_PROMPTS.slice(0, options.prompts).map((asked) => ({ asked, list: 'fixed' as const }));
  const others = heldOutPrompts(options.heldOut, seed).map((asked) => ({ asked, list: 'held-out' as const }));
  const all: { asked: AskedPrompt; list: Row['list'] }[] = [...fixed, ...others];
  const wishes = all.map(({ asked }, i) => ({ prompt: asked.prompt, duration: seconds, seed: seed + i }));
  const outcomes = await doAll('hear', wishes, crew);
  const rows: Row[] = [];
  const failures: { prompt: string; seed: number; error: string }[] = [];
  for (const [i, { asked, list }] of all.entries()) {
    const outcome = outcomes[i]!;
    const wish = wishes[i]!;
    if ('error' in outcome) failures.push({ prompt: wish.prompt, seed: wish.seed, error: outcome.error });
    else rows.push(judged(asked, { list, seed: wish.seed, seconds }, outcome.result));
  }
  const lists = (['fixed', 'held-out'] as const).filter((list) => rows.some((row) => row.list === list));
  return {
    name: 'adherence',
    verdicts: [
      ...lists.flatMap((list) =>
        verdictsOf(
          rows.filter((row) => row.list === list),
          list,
        ),
      ),
      verdictOf(
        'loudness −14 ± 0.3 LUFS',
        share(rows, ({ isLoudness }) => isLoudness),
        { min: 1 },
      ),
      verdictOf(
        'true peak ≤ −1 dBTP',
        share(rows, ({ isPeak }) => isPeak),
        { min: 1 },
      ),
      verdictOf('pieces with silence over 2 s', rows.filter(({ isSilent }) => isSilent).length, { max: 0 }),
      verdictOf(
        'exact duration',
        share(rows, ({ isExact }) => isExact),
        { min: 1 },
      ),
      verdictOf('renders that failed', failures.length, { max: 0 }),
    ],
    lines: [
      ...printRaw(rows),
      '',
      `tempo, with what aubio tempo prints: ${tempoScoreAsPrinted(rows).toFixed(3)}`,
      ...printByGenre(rows),
      '',
      ...printFailures(rows, failures),
    ],
    data: { rows, failures },
  };
}
