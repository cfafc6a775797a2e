// One process of the crew: loads the engine, then does job after job until it is let go.
import { loadEngine } from './engine';
import { TASKS } from './tasks';
import type { Answer, Job } from './tasks';

const engine = loadEngine(process.argv[2]!);

async function answer({ task, wish }: Job): Promise<Answer> {
  try {
    const perform = TASKS[task] as (engine: unknown, wish: unknown) => Promise<unknown>;
    return { result: await perform(await engine, wish) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

process.on('message', (job: Job) => void answer(job).then((done) => process.send?.(done)));
process.on('disconnect', () => process.exit(0));
