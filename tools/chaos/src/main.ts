import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isViolated, type Check } from './check';
import { generations } from './generations/generations';
import { readOptions, type Options } from './options';
import { refresh } from './refresh';
import { rotateKeys } from './rotate-keys';
import { storm } from './storm';
import { World } from './world';

/** Breaks something under load, and says what it has found. */
export type Scenario = (world: World, scale: number) => Promise<Check[]>;

const scenarios = { generations, storm, 'rotate-keys': rotateKeys, refresh } satisfies Record<string, Scenario>;
type Name = keyof typeof scenarios;

const shown = 20;

interface Result {
  scenario: Name;
  seconds: number;
  checks: Check[];
}

/** Runs the named scenarios one after the other; the exit status. */
export async function chaos(root: string, args: readonly string[]): Promise<number> {
  let options: Options<Name>;
  try {
    options = readOptions(args, Object.keys(scenarios) as Name[]);
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  }
  const results: Result[] = [];
  for (const name of options.names) {
    results.push(await run(root, name, options.scale));
    print(results.at(-1)!);
  }
  await write(root, options.scale, results);
  return results.some(({ checks }) => checks.some(isViolated)) ? 1 : 0;
}

async function run(root: string, scenario: Name, scale: number): Promise<Result> {
  console.log(`\n${scenario}${scale === 1 ? '' : ` at ${scale} of its size`}`);
  const began = performance.now();
  const world = await World.start(root);
  const interrupted = () => void world.close({ keepsFiles: false }).finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const checks = await scenarios[scenario](world, scale).catch((error: Error) => [
    { what: 'the scenario ends', counted: 0, violations: [error.stack ?? error.message] },
  ]);
  process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  const keepsFiles = checks.some(isViolated);
  await world.close({ keepsFiles });
  if (keepsFiles) console.log(`Logs and files: ${world.folder}`);
  return { scenario, seconds: Math.round((performance.now() - began) / 1_000), checks };
}

function print({ scenario, seconds, checks }: Result): void {
  const rows = checks.map(({ what, counted, violations }) => [what, { counted, violations: violations?.length ?? '' }]);
  console.table(Object.fromEntries(rows));
  for (const { what, violations = [] } of checks.filter(isViolated)) {
    console.log(`${what}:`);
    for (const violation of violations.slice(0, shown)) console.log(`  ${violation}`);
    if (violations.length > shown) console.log(`  and ${violations.length - shown} more`);
  }
  console.log(`${scenario}: ${checks.some(isViolated) ? 'VIOLATED' : 'held'} (${seconds} s)`);
}

async function write(root: string, scale: number, results: readonly Result[]): Promise<void> {
  const date = new Date().toISOString();
  const machine = `${os.cpus()[0]?.model}, ${os.availableParallelism()} cores, Node ${process.versions.node}`;
  const file = path.join(root, 'chaos-results', `${date.replaceAll(':', '-')}.json`);
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, `${JSON.stringify({ date, machine, scale, results }, null, 2)}\n`);
}
