import { fork } from 'node:child_process';
import path from 'node:path';
import type { Answer, Job, TaskName, TaskOf } from './tasks';

/** What became of a job: its result, or why there is none. */
export type Outcome<T> = { result: T } | { error: string };

export interface CrewOptions {
  engine: string;
  processes?: number;
  onDone?: (done: number, all: number) => void;
}

/** Does all jobs of one kind, two at a time in processes of their own, and answers in the jobs' order. */
export async function doAll<N extends TaskName>(
  task: N,
  wishes: readonly TaskOf<N>['wish'][],
  { engine, processes = 2, onDone }: CrewOptions,
): Promise<Outcome<TaskOf<N>['result']>[]> {
  const outcomes: Outcome<TaskOf<N>['result']>[] = [];
  let next = 0;
  let done = 0;
  const member = (): Promise<void> =>
    new Promise<void>((resolve, reject) => {
      const child = fork(path.join(__dirname, 'worker.js'), [engine], { serialization: 'advanced' });
      let current = -1;
      const give = () => {
        if (next >= wishes.length) {
          child.disconnect();
          return;
        }
        current = next++;
        child.send({ task, wish: wishes[current] } as Job);
      };
      child.on('message', (answer: Answer) => {
        outcomes[current] = answer as Outcome<TaskOf<N>['result']>;
        onDone?.(++done, wishes.length);
        current = -1;
        give();
      });
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        if (current < 0) return resolve();
        outcomes[current] = { error: `its process ended (${signal ?? code})` };
        onDone?.(++done, wishes.length);
        // One piece that brings its process down must not take the others with it.
        resolve(next < wishes.length ? member() : undefined);
      });
      give();
    });
  await Promise.all(Array.from({ length: Math.min(processes, wishes.length) }, member));
  return outcomes;
}
