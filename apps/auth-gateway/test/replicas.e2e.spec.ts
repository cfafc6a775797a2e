import { defaultTiers, listModels } from '@musicgen/platform-contracts';
import { until } from '@musicgen/testing';
import { makeApiKey } from '../src/api-keys/api-key';
import type { Ask } from './client';
import { startGateway, type TestGateway } from './gateway';

/** Few an hour, so that no bucket refills while a test runs: a key has twice as many at once. */
const perHour = 30;
const bucketSize = perHour * 2;

/** Three gateways on one database and one nats-server. */
let gateway: TestGateway;
let others: { ask: Ask; stop(): Promise<unknown> }[];
let replicas: Ask[];

beforeAll(async () => {
  const { free, enterprise } = defaultTiers;
  gateway = await startGateway({
    // One issuer of access tokens.
    PUBLIC_URL: 'http://127.0.0.1',
    TIERS: JSON.stringify({
      ...defaultTiers,
      free: { ...free, requests_per_hour: perHour },
      enterprise: { ...enterprise, requests_per_hour: 1_000_000 },
    }),
  });
  others = await Promise.all([gateway.startSecond(), gateway.startSecond()]);
  replicas = [gateway.ask, ...others.map(({ ask }) => ask)];
  await gateway.answerAs('musicgen', [listModels, () => ({ data: [] })]);
});
afterAll(async () => {
  await Promise.all((others ?? []).map((other) => other.stop()));
  await gateway?.stop();
});

/** A new user of a tier, known to nobody yet. */
async function register(tier: 'free' | 'enterprise') {
  const user = await gateway.register();
  const change = `UPDATE users SET tier = $2 WHERE id = $1`;
  await gateway.database.dataSource.query(change, [user.user.id, tier]);
  const login = await gateway.ask('POST /v1/auth/login', {
    body: { email: user.email, password: 'correct horse battery' },
  });
  return { ...user, token: login.body.access_token };
}

/** Needs no database. */
const use = async (ask: Ask, key: string) => (await ask('GET /v1/models', { key })).status;
const onAll = (key: string) => Promise.all(replicas.map((ask) => use(ask, key)));

/** Asks as `replicaOf` spreads it until a bucket's worth was let through, and goes on for half as much; how many were. */
async function admitted(key: string, replicaOf: (request: number) => number): Promise<number> {
  let passed = 0;
  let asked = 0;
  const askOnce = async () => {
    const status = await use(replicas[replicaOf(asked++)]!, key);
    expect([200, 429]).toContain(status);
    if (status === 200) passed++;
  };
  const askMany = (many: number) => Promise.all(Array.from({ length: many }, askOnce));
  await until(async () => (await askMany(15)) && passed >= bucketSize, 'a bucket’s worth to be let through');
  await askMany(bucketSize / 2);
  return passed;
}

const loads: [string, (request: number) => number][] = [
  ['even', (request) => request % 3],
  ['nine parts of ten at one', (request) => (request % 10 === 0 ? 1 : 2)],
  ['all at one, where others served the first requests', (request) => (request < 3 ? request : 0)],
];

describe('three gateways', () => {
  // How soon is a row of the benchmark `revocation`.
  it('refuse a revoked key, wherever it was revoked', async () => {
    const { token } = await register('enterprise');
    for (const at of replicas) {
      const { id, key } = await gateway.addKey(token);
      expect(await onAll(key)).toEqual([200, 200, 200]);
      expect((await at(`DELETE /v1/user/api-keys/${id}`, { token })).status).toBe(204);
      // Where it was revoked it is refused from the answer on.
      expect(await use(at, key)).toBe(401);
      await until(async () => (await onAll(key)).every((status) => status === 401), 'all to refuse the key');
      expect(await onAll(key)).toEqual([401, 401, 401]);
    }
  });

  it.each(loads)('together let through one bucket and no more when the load is %s', async (_, replicaOf) => {
    const { token } = await register('free');
    const { key } = await gateway.addKey(token);
    expect(await admitted(key, replicaOf)).toBe(bucketSize);
  });

  describe('without nats-server', () => {
    beforeAll(() => gateway.nats.stop());
    afterAll(async () => {
      await gateway.nats.start();
      const { token } = await register('enterprise');
      await until(
        async () => (await gateway.ask('GET /v1/models', { token })).status === 200,
        'nats-server to be back',
      );
    });

    /** A route that needs no other service. */
    const list = async (ask: Ask, key: string) => (await ask('GET /v1/user/api-keys', { key })).status;

    it('refuse a revoked key once they have read the sequence', async () => {
      const { token } = await register('enterprise');
      for (let index = 0; index < 10; index++) {
        const { id, key } = await gateway.addKey(token);
        for (const ask of replicas) expect(await list(ask, key)).toBe(200);
        const at = replicas[index % 3]!;
        expect((await at(`DELETE /v1/user/api-keys/${id}`, { token })).status).toBe(204);
        expect(await list(at, key)).toBe(401);
        const refusals = replicas.map((ask) => async () => (await list(ask, key)) === 401);
        await Promise.all(refusals.map((isRefused) => until(isRefused, 'the key to be refused')));
      }
    });

    it('know keys, refuse others, and share limits', async () => {
      const { token } = await register('free');
      const { key } = await gateway.addKey(token);
      const unknown = makeApiKey('live').key;
      for (const ask of replicas) expect(await list(ask, unknown)).toBe(401);
      let passed = 0;
      for (let request = 0; request < bucketSize * 2; request++) {
        if ((await list(replicas[request % 3]!, key)) === 200) passed++;
      }
      expect(passed).toBe(bucketSize);
    });
  });

  describe('without Postgres', () => {
    it('let in whom they know, nobody else, and no more than the limit; what was revoked stays revoked', async () => {
      const many = await register('enterprise');
      const few = await register('free');
      const known = await gateway.addKey(many.token);
      const limited = await gateway.addKey(few.token);
      const revoked = await gateway.addKey(many.token);
      const unseen = await gateway.addKey(many.token);
      for (const { key } of [known, limited, revoked]) expect(await onAll(key)).toEqual([200, 200, 200]);
      await gateway.ask(`DELETE /v1/user/api-keys/${revoked.id}`, { token: many.token });
      await until(async () => (await onAll(revoked.key)).every((status) => status === 401), 'the key to be refused');

      await gateway.postgres.cut();
      try {
        await until(async () => (await use(gateway.ask, unseen.key)) === 503, 'the database to be missed');
        for (let round = 0; round < 5; round++) {
          expect(await onAll(known.key)).toEqual([200, 200, 200]);
          expect(await onAll(unseen.key)).toEqual([503, 503, 503]);
          expect(await onAll(makeApiKey('live').key)).toEqual([503, 503, 503]);
          expect(await onAll(revoked.key)).toEqual([503, 503, 503]);
          expect(await onAll('sk_live_typo')).toEqual([401, 401, 401]);
        }
        const statuses: number[] = [];
        for (let round = 0; round < bucketSize; round++) statuses.push(...(await onAll(limited.key)));
        const passed = statuses.filter((status) => status === 200).length;
        expect(new Set(statuses)).toEqual(new Set([200, 429]));
        // Three were let through before. Each replica goes on with a third of what it last saw: 5 % too much at most.
        expect(passed + 3).toBeLessThanOrEqual(bucketSize * 1.05);
        expect(passed).toBeGreaterThanOrEqual(bucketSize / 2);
      } finally {
        await gateway.postgres.mend();
      }
      await until(async () => (await onAll(unseen.key)).every((status) => status === 200), 'the database to be back');
      // What was spent meanwhile is owed.
      await until(async () => (await onAll(limited.key)).every((status) => status === 429), 'the debt to be told');
      expect(await onAll(revoked.key)).toEqual([401, 401, 401]);
    });
  });
});
