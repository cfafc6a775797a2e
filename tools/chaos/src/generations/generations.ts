import { waitFor } from '@musicgen/embedded';
import fs from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkEach, checkThat, figure, type Check } from '../check';
import { somebody } from '../people';
import type { Unit } from '../unit';
import type { World } from '../world';
import { emptyRecord, patientCaller, User } from './callers';
import { checkHistory } from './check-history';
import type { History } from './history';
import { readHistory } from './read-history';

const jobs = 500;
const users = 5;
/** Each of the victims dies so often. */
const fullTurns = 6;
const endsWithinMs = 30 * 60_000;

/** Generations are made while, in turn, everything that makes them is killed and started again. */
export async function generations(world: World, scale: number): Promise<Check[]> {
  const storageDir = path.join(world.folder, 'storage');
  await fs.mkdir(storageDir);
  await world.migrate('musicgen');
  const service = (name: string, role: string) =>
    world.service('musicgen', {
      name,
      env: {
        ROLE: role,
        RENDER_PROCESSES: '1',
        STORAGE_DIR: storageDir,
        WORK_DIR: path.join(world.folder, 'work'),
        MUSICGEN_SIGNING_KEY_FILE: world.secrets.musicgenSigningKeyFile,
      },
    });
  const [api, ...workers] = await Promise.all([
    service('api', 'api'),
    service('worker-1', 'worker'),
    service('worker-2', 'worker'),
  ]);
  const victims = [workers[0]!, api, world.nats, workers[1]!, world.postgres];

  const record = emptyRecord();
  const call = patientCaller(await world.client('auth'), record);
  const each = Math.max(1, Math.round((jobs * scale) / users));
  const crowd = Array.from({ length: users }, () => new User(call, somebody(), each, 8));
  const turns = Math.max(1, Math.round(fullTurns * scale));
  const done = () => crowd.reduce((sum, user) => sum + user.done, 0);
  let isOver = false;
  const asking = withinTime(Promise.all(crowd.map((user) => user.run()))).finally(() => (isOver = true));
  const [kills] = await Promise.all([
    killInTurn(Array.from({ length: turns }, () => victims).flat(), {
      total: each * users,
      done,
      isOver: () => isOver,
    }),
    asking,
  ]);

  const told = {
    asked: crowd.flatMap(({ asked }) => asked),
    followed: new Map(crowd.flatMap(({ followed }) => [...followed])),
  };
  const history = await settled(world, storageDir, told);
  const starts = history.jobs.reduce((sum, { attempts }) => sum + attempts, 0);
  return [
    ...checkHistory(history),
    checkEach('calls that failed otherwise than in passing', record.refused, (problem) => problem),
    checkEach('calls that ended after their deadline', record.late, (problem) => problem),
    ...[...kills].map(([name, count]) => checkThat(`kill -9 of ${name}`, count, count === turns)),
    figure('calls; made again after an outage', `${record.calls}; ${record.repeated}`),
    figure('slowest call', `${record.slowestMs} ms`),
    figure('starts of jobs that took more than one', starts - history.jobs.length),
  ];
}

async function withinTime(work: Promise<unknown>): Promise<void> {
  const tooLong = async () => {
    await wait(endsWithinMs, undefined, { ref: false });
    throw new Error(`generations were not all done after ${endsWithinMs / 60_000} minutes`);
  };
  await Promise.race([work, tooLong()]);
}

/** The kills are spread over the work, and each falls when something has just been finished: the next is under way. */
async function killInTurn(
  victims: readonly Unit[],
  { total, done, isOver }: { total: number; done: () => number; isOver: () => boolean },
): Promise<Map<string, number>> {
  const kills = new Map(victims.map(({ name }) => [name, 0]));
  for (const [index, victim] of victims.entries()) {
    const due = Math.floor(((index + 1) * total) / (victims.length + 2));
    await waitFor(`${due} are done`, () => done() >= due || isOver(), { timeoutMs: endsWithinMs, everyMs: 10 });
    if (isOver()) break;
    await wait(Math.random() * 300);
    await victim.kill();
    kills.set(victim.name, kills.get(victim.name)! + 1);
    await wait(Math.random() * 2_000);
    await victim.start();
  }
  return kills;
}

/** What was left behind is cleared away, and events leave, a little after the last generation. */
async function settled(world: World, storageDir: string, told: Pick<History, 'asked' | 'followed'>): Promise<History> {
  const isQuiet = async () => (await world.ask(`SELECT FROM musicgen.outbox LIMIT 1`)).length === 0;
  await waitFor('all events have left', isQuiet, { timeoutMs: 30_000, everyMs: 250 }).catch(() => undefined);
  await wait(2_000);
  return readHistory(world, storageDir, told);
}
