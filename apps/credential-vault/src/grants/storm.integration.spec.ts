import type { AppError } from '@musicgen/error-codes';
import { generateKeyRingText, KeyRing } from '@musicgen/service-kit';
import {
  Closer,
  makePrincipal,
  startTestNats,
  startTestSandbox,
  testDatabase,
  type TestDatabase,
  type TestNats,
  type TestSandbox,
} from '@musicgen/testing';
import { callOf } from '../../test/factories';
import { Connections, startReplica, TestClock, type Replica } from '../../test/replica';
import type { Credential } from '../credentials/credential.entity';
import { database } from '../persistence/data-source';

const second = 1_000;
const minute = 60 * second;
const many = 240;

let postgres: TestDatabase;
let nats: TestNats;
let sandbox: TestSandbox;
let clock: TestClock;
let replicas: Replica[];
let connections: Connections;
let app: { client_id: string; client_secret: string };
let all: Credential[];

const closer = new Closer();
beforeAll(async () => {
  [postgres, nats, sandbox] = await Promise.all([
    closer.open(testDatabase(database), ({ drop }) => drop()),
    closer.open(startTestNats(), ({ close }) => close()),
    closer.open(startTestSandbox(), ({ close }) => close()),
  ]);
  const ring = KeyRing.parse(generateKeyRingText());
  clock = new TestClock();
  const start = async () => {
    const own = { link: await nats.connect('vault'), databaseUrl: postgres.url, sandboxUrl: sandbox.url };
    return closer.open(startReplica({ ...own, ring, clock }), ({ close }) => close());
  };
  replicas = await Promise.all([start(), start()]);
  connections = new Connections(sandbox, replicas[0]!, ring, clock);
  app = await connections.register({ rotation: 'always' });
  all = [];
  // In use, and their tokens end one after the other, as they do.
  for (let n = 0; n < many; n += 1) {
    const leftMs = 6 * minute + (n / many) * 40 * minute;
    all.push(await connections.connect(app, { userId: makePrincipal().user_id, leftMs }));
  }
});
afterAll(closer.close);

async function pass(ms: number, meanwhile: () => Promise<void> = async () => undefined): Promise<void> {
  for (let passed = 0; passed < ms; passed += 15 * second) {
    clock.advance(15 * second);
    await Promise.all(
      replicas.map(async ({ worker }) => {
        while (await worker.renewDue());
      }),
    );
    await meanwhile();
  }
}

const states = async () => {
  const rows: { state: string; count: number }[] = await postgres.dataSource.query(
    'SELECT state, count(*)::int AS count FROM credentials GROUP BY state',
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
};

it('disconnects nobody while a platform refuses every grant for half an hour, asks it sparingly, and is well soon after', async () => {
  const { id } = await sandbox.control('POST', '/faults', {
    failure: 'invalid_grant',
    platform: 'spotify',
    host: 'accounts',
    path: '/api/token',
  });
  const impatient = all[0]!;
  const principal = makePrincipal({ user_id: impatient.userId, mode: 'test' });
  const answers = new Set<string>();
  await pass(30 * minute, async () => {
    const [replica] = replicas;
    const outcome = await replica!.tokens.issue(callOf(principal), { platform: 'spotify', kind: 'user' }).then(
      () => 'ok',
      (error: AppError) => error.code,
    );
    answers.add(outcome);
  });

  expect((await states()).needs_reauthorization).toBeUndefined();
  expect(answers).toEqual(new Set(['ok', 'TOKEN_REFRESH_FAILED']));
  // The few that it takes to notice, and one a minute.
  const meanwhile = await connections.renewals(app);
  expect(meanwhile).toBeGreaterThan(20);
  expect(meanwhile).toBeLessThan(60);

  await sandbox.control('DELETE', `/faults/${id}`);
  await pass(5 * minute);
  expect(await states()).toEqual({ valid: many });
  expect(await postgres.dataSource.query('SELECT * FROM refresh_breakers')).toEqual([]);
  for (const credential of all) {
    const asker = makePrincipal({ user_id: credential.userId, mode: 'test' });
    const question = { platform: 'spotify', kind: 'user' } as const;
    expect((await replicas[1]!.tokens.issue(callOf(asker), question)).access_token).toMatch(/./);
  }
});

it('believes all the same that a single grant has ended, while all others are renewed', async () => {
  const other = await connections.register();
  const one = await connections.connect(other, { userId: makePrincipal().user_id });
  await sandbox.control('POST', '/grants/revoke', { platform: 'spotify', client: other.client_id });
  await pass(6 * minute);
  expect((await connections.state(one)).state).toBe('needs_reauthorization');
  expect(await connections.renewals(other)).toBe(2);
  expect(await states()).toEqual({ valid: many, needs_reauthorization: 1 });
});
