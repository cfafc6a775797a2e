import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { judgeAdherence } from './adherence/adherence';
import type { CrewOptions } from './crew/crew';
import { makeExamples } from './examples/examples';
import { drawTour } from './examples/picture';
import { judgeForm } from './form/form';
import { judgeGenres } from './genres/separation';
import { DEBIAN_TOOLS, hasTool } from './hearing/debian-tools';
import type { DebianTool } from './hearing/debian-tools';
import { readOptions } from './options';
import type { Chapter, Options } from './options';
import { printSection } from './report/verdict';
import type { Section } from './report/verdict';
import { judgeSeeds } from './seeds/seeds';

const GENRE_SECONDS = 20;

const CHAPTERS: Record<Chapter, (crew: CrewOptions, options: Options) => Promise<Section>> = {
  adherence: judgeAdherence,
  genres: (crew, { pieces, seed }) => judgeGenres(crew, { seeds: pieces, seconds: GENRE_SECONDS, seed }),
  seeds: ({ engine }, { seeds }) => judgeSeeds(engine, { count: seeds, seconds: 30 }),
  form: (crew) => judgeForm(crew, { seconds: 600 }),
};

function missingTools(): DebianTool[] {
  return (Object.keys(DEBIAN_TOOLS) as DebianTool[]).filter((name) => !hasTool(name));
}

async function report(sections: readonly Section[], { out, ...options }: Options): Promise<string> {
  const machine = `${os.cpus()[0]?.model}, ${os.availableParallelism()} cores, Node ${process.versions.node}`;
  await fs.mkdir(out, { recursive: true });
  const date = new Date().toISOString();
  const file = path.join(out, `judge-${date.replaceAll(':', '-')}.json`);
  const content = { date, machine, options, missingTools: missingTools(), sections };
  await fs.writeFile(file, `${JSON.stringify(content, null, 1)}\n`);
  return file;
}

/** Runs the chapters that are asked for, prints them, writes them as JSON; status 1 when a target is missed. */
export async function judge(root: string, args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = readOptions(root, args);
  } catch (error) {
    console.error((error as Error).message);
    return 2;
  }
  const isTerminal = process.stderr.isTTY;
  const crew: CrewOptions = {
    engine: options.engine,
    onDone: (done, all) => void (isTerminal && process.stderr.write(`\r${done} of ${all} ${done === all ? '\n' : ''}`)),
  };
  if (options.picture) {
    console.log(await drawTour(options.engine, options.picture));
    return 0;
  }
  if (options.examples) {
    console.log(await makeExamples(crew, options));
    return 0;
  }
  for (const name of missingTools()) console.log(`${name} is not installed: apt-get install ${DEBIAN_TOOLS[name]}`);
  const sections: Section[] = [];
  for (const chapter of options.chapters) {
    const section = await CHAPTERS[chapter](crew, options);
    sections.push(section);
    console.log(printSection(section));
  }
  console.log(`\n${await report(sections, options)}`);
  return sections.every(({ verdicts }) => verdicts.every(({ isMet }) => isMet)) ? 0 : 1;
}
