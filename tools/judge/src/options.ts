import path from 'node:path';
import { parseArgs } from 'node:util';

export const CHAPTERS = ['adherence', 'genres', 'seeds', 'form'] as const;
export type Chapter = (typeof CHAPTERS)[number];

/** What a run does. */
export interface Options {
  chapters: Chapter[];
  examples: boolean;
  /** The file to draw the piece of the README's tour to. */
  picture?: string;
  /** Folder of the compiled engine. */
  engine: string;
  /** Where the report (or the examples) go. */
  out: string;
  prompts: number;
  heldOut: number;
  seconds: number;
  seed: number;
  /** Pieces of each genre, for telling genres apart. */
  pieces: number;
  /** Seeds of one prompt. */
  seeds: number;
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} wants a whole number, not "${text}"`);
  return value;
}

function chaptersOf(names: string | undefined): Chapter[] {
  if (names === undefined) return [...CHAPTERS];
  return names.split(',').map((name) => {
    const chapter = CHAPTERS.find((each) => each === name);
    if (!chapter) throw new Error(`"${name}" is no chapter; there are ${CHAPTERS.join(', ')}`);
    return chapter;
  });
}

/** Reads the command line. */
export function readOptions(root: string, args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      examples: { type: 'boolean', default: false },
      picture: { type: 'string' },
      engine: { type: 'string', default: path.join(root, 'dist/apps/musicgen-api') },
      out: { type: 'string' },
      prompts: { type: 'string', default: '76' },
      'held-out': { type: 'string', default: '0' },
      seconds: { type: 'string', default: '30' },
      seed: { type: 'string', default: '1' },
      pieces: { type: 'string', default: '8' },
      seeds: { type: 'string', default: '1000' },
    },
  });
  return {
    chapters: chaptersOf(values.only),
    examples: values.examples,
    ...(values.picture && { picture: path.resolve(values.picture) }),
    engine: path.resolve(values.engine),
    out: path.resolve(values.out ?? path.join(root, values.examples ? 'bench-results/examples' : 'bench-results')),
    prompts: whole('prompts', values.prompts),
    heldOut: whole('held-out', values['held-out']),
    seconds: whole('seconds', values.seconds),
    seed: whole('seed', values.seed),
    pieces: whole('pieces', values.pieces),
    seeds: whole('seeds', values.seeds),
  };
}
