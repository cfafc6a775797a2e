import { AppError } from '@musicgen/error-codes';
import { generationCanceled, generationJobChanged } from '@musicgen/platform-contracts';
import { Closer, makePrincipal, silentLogger, startTestNats, testDatabase, until } from '@musicgen/testing';
import type { TestDatabase, TestNats } from '@musicgen/testing';
import type { EntityManager, MigrationInterface, QueryRunner } from 'typeorm';
import { createOutbox, Outbox } from '../events/outbox';
import { LiveEvents } from '../events/live-events';
import { newId } from '../ids';
import type { ServiceDatabase } from '../persistence/service-database';
import { newCall } from '../rpc/call';
import { usualDelaysMs, type Job, type JobHandler, type JobOutcome } from './job';
import { JobQueue } from './job-queue';
import { createJobs, JobStore } from './job.store';

class CreateTables1763640000000 implements MigrationInterface {
  name = 'CreateTables1763640000000';
  async up(query: QueryRunner) {
    await createJobs(query);
    await createOutbox(query);
    await query.query('CREATE TABLE results (resource_id text NOT NULL, what text NOT NULL)');
  }
  async down() {}
}
const database: ServiceDatabase = { service: 'musicgen', entities: [], migrations: [CreateTables1763640000000] };

let db: TestDatabase;
let nats: TestNats;
let workers: JobQueue[] = [];

const closer = new Closer();
beforeAll(async () => {
  [db, nats] = await Promise.all([
    closer.open(testDatabase(database), ({ drop }) => drop()),
    closer.open(startTestNats(), ({ close }) => close()),
  ]);
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop(0)));
  workers = [];
  await db.dataSource.query('DELETE FROM jobs');
  await db.dataSource.query('DELETE FROM results');
  await db.dataSource.query('DELETE FROM outbox');
});
afterAll(closer.close);

/** So long that no wait is over by itself while a test looks. */
const delaysMs = usualDelaysMs.map((ms) => ms * 1_000);

/** A replica of a service: a queue with a NATS connection of its own. */
async function makeQueue(queuedMax = 1_000): Promise<JobQueue> {
  const link = await nats.connect('musicgen');
  const outbox = new Outbox(db.dataSource, link, 'musicgen', silentLogger);
  const live = new LiveEvents(link, 'musicgen', silentLogger);
  const options = { kind: 'generation', queuedMax, delaysMs, changed: generationJobChanged };
  const queue = new JobQueue(db.dataSource, outbox, live, silentLogger, options);
  workers.push(queue);
  return queue;
}

const note = (tx: EntityManager, job: Job, what: string) =>
  tx.query('INSERT INTO results (resource_id, what) VALUES ($1, $2)', [job.resourceId, what]);

/** Does the given work, and notes in the same transaction how each job ended. */
function makeHandler(work: (job: Job, signal: AbortSignal) => Promise<void> = async () => undefined) {
  const outcomes: JobOutcome[] = [];
  const handler: JobHandler = {
    async run(job, signal) {
      await work(job, signal);
      return ({ tx }) => note(tx, job, 'succeeded');
    },
    failed: (job, error, { tx }) => note(tx, job, `failed ${error.code}`),
    async canceled(job, { tx, emit }) {
      await note(tx, job, 'canceled');
      await emit(generationCanceled, { generation_id: newId('gen'), user_id: newId('user'), mode: job.mode });
    },
    ended: async (_, outcome) => void outcomes.push(outcome),
  };
  return Object.assign(handler, { outcomes });
}

async function enqueue(queue: JobQueue, resourceId: string, userId = 'user_a', concurrency = 100): Promise<string> {
  const { requestId, traceparent } = newCall();
  const job = {
    resourceId,
    userId,
    mode: 'live' as const,
    principal: makePrincipal(),
    requestId,
    traceparent,
    concurrency,
  };
  const id = await db.dataSource.transaction((tx) => queue.enqueue(tx, job));
  queue.announce(id);
  return id;
}

async function cancel(queue: JobQueue, resourceId: string) {
  const job = await db.dataSource.transaction((tx) => queue.cancel(tx, resourceId));
  if (job?.was === 'running') queue.announce(job.id, 'cancel_requested');
  return job;
}

const results = (): Promise<{ resource_id: string; what: string }[]> =>
  db.dataSource.query('SELECT resource_id, what FROM results ORDER BY resource_id');
const jobs = (): Promise<{ resource_id: string; state: string; attempts: number; problem: string | null }[]> =>
  db.dataSource.query('SELECT resource_id, state, attempts, problem FROM jobs ORDER BY resource_id');
const allEnded = () =>
  until(async () => (await jobs()).every(({ state }) => state !== 'queued' && state !== 'running'), 'all jobs to end');
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

/** As if all waits were over and all leases had run out. */
const passTime = () =>
  db.dataSource.query(`UPDATE jobs SET not_before = now(), lease_until = lease_until - interval '1 minute'`);

describe('JobQueue', () => {
  it('does a job and commits its result together with its state', async () => {
    const queue = await makeQueue();
    const handler = makeHandler();
    queue.work(handler, 1);
    await enqueue(queue, 'a');
    await allEnded();
    expect(await results()).toEqual([{ resource_id: 'a', what: 'succeeded' }]);
    expect(await jobs()).toEqual([{ resource_id: 'a', state: 'succeeded', attempts: 1, problem: null }]);
    await until(() => handler.outcomes.length === 1);
    expect(handler.outcomes).toEqual(['succeeded']);
  });

  it('is told of a job by another replica, over NATS', async () => {
    const [api, worker] = [await makeQueue(), await makeQueue()];
    worker.work(makeHandler(), 1);
    await enqueue(api, 'a');
    await allEnded();
    expect(await results()).toHaveLength(1);
  });

  it('enqueues in the transaction of the caller: rolled back, there is no job', async () => {
    const queue = await makeQueue();
    const { requestId, traceparent } = newCall();
    const job = {
      resourceId: 'a',
      userId: 'user_a',
      mode: 'live' as const,
      principal: makePrincipal(),
      concurrency: 1,
    };
    const rolledBack = db.dataSource.transaction(async (tx) => {
      await queue.enqueue(tx, { ...job, requestId, traceparent });
      throw new Error('changed my mind');
    });
    await expect(rolledBack).rejects.toThrow('changed my mind');
    expect(await jobs()).toEqual([]);
  });

  it('refuses more waiting jobs than it may hold, and says when to come again', async () => {
    const queue = await makeQueue(2);
    await enqueue(queue, 'a');
    await enqueue(queue, 'b');
    await expect(enqueue(queue, 'c')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 30 });
    expect(await jobs()).toHaveLength(2);
  });

  it('is fair: behind a hundred jobs of one user, the first of another is started next', async () => {
    const queue = await makeQueue();
    for (let i = 0; i < 100; i++) await enqueue(queue, `a${String(i).padStart(3, '0')}`, 'user_a');
    await enqueue(queue, 'b', 'user_b');
    const started: string[] = [];
    queue.work(
      makeHandler(async (job) => void started.push(job.resourceId)),
      1,
    );
    await until(() => started.length >= 4);
    expect(started.slice(0, 4)).toEqual(['a000', 'b', 'a001', 'a002']);
  });

  it('never runs more of a user’s jobs at once than he may, over all workers', async () => {
    const queues = [await makeQueue(), await makeQueue()];
    for (let i = 0; i < 8; i++) await enqueue(queues[0]!, `a${i}`, 'user_a', 2);
    let inHand = 0;
    let most = 0;
    const handler = makeHandler(async () => {
      most = Math.max(most, ++inHand);
      // Two are let through, however slow the start of the second is.
      await until(() => most >= 2);
      for (let i = 0; i < 20; i++) await db.dataSource.query('SELECT 1');
      inHand--;
    });
    queues.forEach((queue) => queue.work(handler, 4));
    await allEnded();
    expect(most).toBe(2);
    expect(await results()).toHaveLength(8);
  });

  it('lets other users pass one who is at his limit', async () => {
    const queue = await makeQueue();
    const started: string[] = [];
    const handler = makeHandler(async (job, signal) => {
      started.push(job.resourceId);
      if (job.userId === 'user_a') await untilAborted(signal);
    });
    for (const id of ['a1', 'a2', 'a3']) await enqueue(queue, id, 'user_a', 1);
    await enqueue(queue, 'b', 'user_b', 1);
    queue.work(handler, 4);
    await until(async () => (await results()).length === 1);
    expect(started).toEqual(['a1', 'b']);
  });

  it('takes the job of a killed worker over, and it ends once', async () => {
    const queue = await makeQueue();
    await enqueue(queue, 'a');
    const killed = new JobStore(db.dataSource, 'generation');
    expect(await killed.claim('the lease of a killed worker', 10_000)).toMatchObject({ attempts: 1 });
    await passTime();
    const handler = makeHandler();
    queue.work(handler, 1);
    await allEnded();
    expect(await jobs()).toEqual([{ resource_id: 'a', state: 'succeeded', attempts: 2, problem: null }]);
    expect(await results()).toEqual([{ resource_id: 'a', what: 'succeeded' }]);
    await until(() => handler.outcomes.length === 2);
    expect(handler.outcomes).toEqual(['retried', 'succeeded']);
  });

  it('delivers nothing of a worker that has lost its job to another', async () => {
    const [slow, quick] = [await makeQueue(), await makeQueue()];
    let finish: undefined | (() => void);
    const slowHandler = makeHandler(() => new Promise((resolve) => (finish = resolve)));
    slow.work(slowHandler, 1);
    await enqueue(slow, 'a');
    await until(() => finish, 'the work to begin');
    // The slow one renews its lease as long as it lives: another has taken the job all the same.
    await db.dataSource.query(`UPDATE jobs SET lease_owner = 'another', lease_until = now() - interval '1 minute'`);
    quick.work(makeHandler(), 1);
    await until(async () => (await results()).length === 1);
    finish!();
    await until(() => slowHandler.outcomes.length === 1);
    expect(slowHandler.outcomes).toEqual(['lost']);
    expect(await results()).toHaveLength(1);
  });

  it('goes on with other jobs when one cannot be settled', async () => {
    const queue = await makeQueue();
    const handler = makeHandler(async ({ resourceId }) => {
      if (resourceId === 'broken') throw new AppError('VALIDATION_FAILED');
    });
    queue.work({ ...handler, failed: () => Promise.reject(new Error('cannot be settled')) }, 1);
    await enqueue(queue, 'broken');
    await until(async () => (await jobs())[0]!.state === 'running');
    await passTime();
    await enqueue(queue, 'sound');
    await until(async () => (await results()).length === 1);
    expect(await results()).toEqual([{ resource_id: 'sound', what: 'succeeded' }]);
    await db.dataSource.query('DELETE FROM jobs');
  });

  it('tells a worker whose lease is gone to stop', async () => {
    const queue = await makeQueue();
    const handler = makeHandler((_, signal) => untilAborted(signal));
    queue.work(handler, 1);
    await enqueue(queue, 'a');
    await until(async () => (await jobs())[0]!.state === 'running');
    await db.dataSource.query('DELETE FROM jobs');
    await until(() => handler.outcomes.length === 1);
    expect(handler.outcomes).toEqual(['lost']);
  });

  it('cancels a queued job at once: it never starts', async () => {
    const queue = await makeQueue();
    await enqueue(queue, 'a');
    expect(await cancel(queue, 'a')).toMatchObject({ was: 'queued' });
    const handler = makeHandler();
    queue.work(handler, 1);
    await enqueue(queue, 'b');
    await allEnded();
    expect(await results()).toEqual([{ resource_id: 'b', what: 'succeeded' }]);
    expect(await cancel(queue, 'a')).toBeNull();
  });

  it('cancels a running job on whichever worker it is, in one transaction with its event', async () => {
    const [api, worker] = [await makeQueue(), await makeQueue()];
    const handler = makeHandler((_, signal) => untilAborted(signal));
    worker.work(handler, 1);
    await enqueue(api, 'a');
    await until(async () => (await jobs())[0]!.state === 'running');
    expect(await cancel(api, 'a')).toMatchObject({ was: 'running' });
    await allEnded();
    expect(await jobs()).toMatchObject([{ state: 'canceled', attempts: 1 }]);
    expect(await results()).toEqual([{ resource_id: 'a', what: 'canceled' }]);
    expect(await db.dataSource.query('SELECT subject FROM outbox')).toEqual([{ subject: generationCanceled.subject }]);
  });

  it('sees a cancellation that NATS lost when it renews the lease', async () => {
    const queue = await makeQueue();
    queue.work(
      makeHandler((_, signal) => untilAborted(signal)),
      1,
    );
    await enqueue(queue, 'a');
    await until(async () => (await jobs())[0]!.state === 'running');
    await db.dataSource.transaction((tx) => queue.cancel(tx, 'a'));
    await allEnded();
    expect(await results()).toEqual([{ resource_id: 'a', what: 'canceled' }]);
  });

  it('does not deliver what was cancelled while it was being finished', async () => {
    const queue = await makeQueue();
    const handler = makeHandler(
      async (job) => void (await db.dataSource.transaction((tx) => queue.cancel(tx, job.resourceId))),
    );
    queue.work(handler, 1);
    await enqueue(queue, 'a');
    await allEnded();
    expect(await results()).toEqual([{ resource_id: 'a', what: 'canceled' }]);
  });

  it('does not try again what was cancelled, when it fails', async () => {
    const queue = await makeQueue();
    const handler = makeHandler(async (job) => {
      await db.dataSource.transaction((tx) => queue.cancel(tx, job.resourceId));
      throw new Error('broken');
    });
    queue.work(handler, 1);
    await enqueue(queue, 'a');
    await allEnded();
    expect(await jobs()).toMatchObject([{ state: 'canceled', attempts: 1 }]);
  });

  it('tries a failing job five times, with waits between, and gives it up once', async () => {
    const queue = await makeQueue();
    const handler = makeHandler(() => Promise.reject(new Error('broken')));
    queue.work(handler, 1);
    await enqueue(queue, 'a');
    for (let attempts = 1; attempts < 5; attempts++) {
      await until(async () => (await jobs())[0]!.state === 'queued' && handler.outcomes.length === attempts);
      const [{ waits }] = await db.dataSource.query('SELECT not_before > now() AS waits FROM jobs');
      expect(waits).toBe(true);
      await passTime();
    }
    await allEnded();
    expect(await jobs()).toEqual([{ resource_id: 'a', state: 'dead', attempts: 5, problem: 'INTERNAL_ERROR' }]);
    expect(await results()).toEqual([{ resource_id: 'a', what: 'failed INTERNAL_ERROR' }]);
  });

  it('gives up at once when another try cannot help', async () => {
    const queue = await makeQueue();
    queue.work(
      makeHandler(() => Promise.reject(new AppError('VALIDATION_FAILED'))),
      1,
    );
    await enqueue(queue, 'a');
    await allEnded();
    expect(await jobs()).toEqual([{ resource_id: 'a', state: 'failed', attempts: 1, problem: 'VALIDATION_FAILED' }]);
    expect(await results()).toEqual([{ resource_id: 'a', what: 'failed VALIDATION_FAILED' }]);
  });

  it('tries again when the result cannot be committed, and keeps nothing of the first try', async () => {
    const queue = await makeQueue();
    const handler = makeHandler();
    let isFirst = true;
    const run: JobHandler['run'] = async (job, signal) => {
      const commit = await handler.run(job, signal);
      return async (settling) => {
        await commit(settling);
        if (isFirst) {
          isFirst = false;
          throw new Error('no');
        }
      };
    };
    queue.work({ ...handler, run }, 1);
    await enqueue(queue, 'a');
    await until(() => handler.outcomes.length === 1);
    expect(await results()).toEqual([]);
    await passTime();
    await allEnded();
    expect(await results()).toEqual([{ resource_id: 'a', what: 'succeeded' }]);
  });

  it('parks what it has in hand when it stops, at no cost: another worker starts it anew', async () => {
    const [first, second] = [await makeQueue(), await makeQueue()];
    const handler = makeHandler((_, signal) => untilAborted(signal));
    first.work(handler, 1);
    await enqueue(first, 'a');
    await until(async () => (await jobs())[0]!.state === 'running');
    await first.stop(0);
    expect(handler.outcomes).toEqual(['parked']);
    expect(await jobs()).toMatchObject([{ state: 'queued', attempts: 0 }]);
    second.work(makeHandler(), 1);
    await allEnded();
    expect(await jobs()).toMatchObject([{ state: 'succeeded', attempts: 1 }]);
  });

  it('lets what it has in hand end when it stops, if it ends in time', async () => {
    const queue = await makeQueue();
    let finish: undefined | (() => void);
    queue.work(
      makeHandler(() => new Promise((resolve) => (finish = resolve))),
      1,
    );
    await enqueue(queue, 'a');
    await until(() => finish, 'the work to begin');
    const stopped = queue.stop(60_000);
    finish!();
    await stopped;
    expect(await results()).toEqual([{ resource_id: 'a', what: 'succeeded' }]);
  });

  it('tells the place in the queue as turns are taken, and none once it is over', async () => {
    const queue = await makeQueue();
    for (const id of ['a1', 'a2', 'a3']) await enqueue(queue, id, 'user_a');
    await enqueue(queue, 'b1', 'user_b');
    const position = (id: string) => queue.findQueuePosition(id);
    expect(await Promise.all(['a1', 'a2', 'a3', 'b1'].map(position))).toEqual([2, 3, 4, 2]);
    await cancel(queue, 'b1');
    expect(await Promise.all(['a1', 'a3', 'b1'].map(position))).toEqual([1, 3, null]);
  });
});

describe('dead jobs', () => {
  const die = (resourceId: string, id: string) =>
    db.dataSource.query(
      `UPDATE jobs SET state = 'dead', attempts = 5, problem = 'INTERNAL_ERROR', finished_at = now()
       WHERE resource_id = $1 AND id = $2`,
      [resourceId, id],
    );
  const dead = async (queue: JobQueue, resourceId: string) => {
    const id = await enqueue(queue, resourceId);
    await die(resourceId, id);
    return id;
  };

  it('are listed over all users, newest first, page by page; others are not', async () => {
    const queue = await makeQueue();
    const ids = [await dead(queue, 'a'), await dead(queue, 'b'), await dead(queue, 'c')].reverse();
    await enqueue(queue, 'alive');
    const first = await queue.listDead(2);
    expect(first.map(({ id }) => id)).toEqual(ids);
    expect(first[0]).toMatchObject({ resourceId: 'c', attempts: 5, problem: 'INTERNAL_ERROR' });
    expect((await queue.listDead(2, ids[1])).map(({ id }) => id)).toEqual([ids[2]]);
  });

  it('start anew with all their tries, once; a living one does not', async () => {
    const queue = await makeQueue();
    const id = await dead(queue, 'a');
    const restart = (jobId: string) => db.dataSource.transaction((tx) => queue.restartDead(tx, jobId));
    const both = await Promise.all([restart(id), restart(id)]);
    expect(both.filter(Boolean)).toMatchObject([{ id, resourceId: 'a' }]);
    expect(await jobs()).toMatchObject([{ state: 'queued', attempts: 0 }]);
    expect(await restart(id)).toBeNull();
    expect(await restart(newId('job'))).toBeNull();
    queue.work(makeHandler(), 1);
    await allEnded();
    expect(await results()).toEqual([{ resource_id: 'a', what: 'succeeded' }]);
  });
});
