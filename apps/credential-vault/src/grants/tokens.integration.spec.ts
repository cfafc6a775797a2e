import type { AppError } from '@musicgen/error-codes';
import type { Principal } from '@musicgen/platform-contracts';
import { generateKeyRingText, KeyRing } from '@musicgen/service-kit';
import {
  Closer,
  makePrincipal,
  startTestNats,
  startTestSandbox,
  testDatabase,
  until,
  type TestDatabase,
  type TestNats,
  type TestSandbox,
} from '@musicgen/testing';
import { callOf } from '../../test/factories';
import { Connections, startReplica, TestClock, type Replica } from '../../test/replica';
import { database } from '../persistence/data-source';
import { keyOf } from './grants.store';

const minute = 60_000;

let postgres: TestDatabase;
let nats: TestNats;
let sandbox: TestSandbox;
let clock: TestClock;
let replicas: Replica[];
let connections: Connections;
let owner: Principal;

const closer = new Closer();
beforeAll(async () => {
  [postgres, nats, sandbox] = await Promise.all([
    closer.open(testDatabase(database), ({ drop }) => drop()),
    closer.open(startTestNats(), ({ close }) => close()),
    closer.open(startTestSandbox(), ({ close }) => close()),
  ]);
  clock = new TestClock();
  const ring = KeyRing.parse(generateKeyRingText());
  const start = async () => {
    const own = { link: await nats.connect('vault'), databaseUrl: postgres.url, sandboxUrl: sandbox.url };
    return closer.open(startReplica({ ...own, ring, clock }), ({ close }) => close());
  };
  replicas = await Promise.all([start(), start(), start()]);
  connections = new Connections(sandbox, replicas[0]!, ring, clock);
});
afterAll(closer.close);
beforeEach(() => {
  owner = makePrincipal({ mode: 'test' });
});

const user = { platform: 'spotify', kind: 'user' } as const;
const app = { platform: 'spotify', kind: 'app' } as const;
const failure = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => Promise.reject(new Error('was expected to fail')),
    (error: AppError) => error,
  );
const connect = async (leftMs = 60 * minute, settings: object = {}) => {
  const client = await connections.register(settings);
  return { client, credential: await connections.connect(client, { userId: owner.user_id, leftMs }) };
};
const changed = (credential: { id: string }) =>
  replicas[1]!.dataSource.query('DELETE FROM credentials WHERE id = $1', [credential.id]);
const isWarm = async (replica: Replica) => {
  await replica.tokens.issue(callOf(owner), user);
  return replica.cache.find(owner, user);
};
/** Statements that one replica sends to Postgres during some work. */
async function statements(replica: Replica, work: () => Promise<unknown>): Promise<number> {
  const query = jest.spyOn(replica.dataSource.driver as never, 'obtainMasterConnection' as never);
  await work();
  const { length } = query.mock.calls;
  query.mockRestore();
  return length;
}

describe('1,000 callers on three replicas with an expired token', () => {
  it('cause exactly one request to the platform, and all get its token', async () => {
    const { client } = await connect(0, { rotation: 'always' });
    const issued = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) => replicas[n % 3]!.tokens.issue(callOf(owner), user)),
    );
    expect(new Set(issued.map(({ access_token }) => access_token)).size).toBe(1);
    expect(await connections.renewals(client)).toBe(1);
  });
});

describe('a warm replica', () => {
  it('asks the database for nothing', async () => {
    await connect();
    const [replica] = replicas as [Replica];
    await until(() => isWarm(replica));
    expect(await statements(replica, () => replica.tokens.issue(callOf(owner), user))).toBe(0);
  });

  it('asks the database when it is cold', async () => {
    await connect();
    expect(await statements(replicas[0]!, () => replicas[0]!.tokens.issue(callOf(owner), user))).toBeGreaterThan(0);
  });

  it('knows at once what another one has changed', async () => {
    const { credential } = await connect();
    for (const replica of replicas) await replica.tokens.issue(callOf(owner), user);
    await changed(credential);
    replicas[1]!.changes.tell(credential);
    for (const replica of replicas) {
      await until(() => !replica.cache.find(owner, user));
      expect(await failure(replica.tokens.issue(callOf(owner), user))).toMatchObject({ code: 'NO_ACTIVE_CREDENTIAL' });
    }
  });

  it('keeps nothing that was read before a change and came after it', async () => {
    const { credential } = await connect();
    const [replica] = replicas as [Replica];
    await replica.cache.fill(owner, user, undefined, async () => {
      replica.changes.tell(credential);
      const { id, userId, mode, platform } = credential;
      const grant = { credentialId: id, userId, mode, platform, kind: 'user' as const, expiresAt: null, scopes: null };
      return { ...grant, version: 1, accessToken: 'old', askedOf: id };
    });
    expect(replica.cache.find(owner, user)).toBeUndefined();
  });

  it('forgets everything when nats-server goes away: changes cannot be heard', async () => {
    await connect();
    const [replica] = replicas as [Replica];
    await replica.tokens.issue(callOf(owner), user);
    await nats.stop();
    await until(() => !replica.cache.find(owner, user));
    await replica.tokens.issue(callOf(owner), user);
    expect(replica.cache.find(owner, user)).toBeUndefined();
    await nats.start();
    await until(() => isWarm(replica));
  });
});

describe('an app token', () => {
  const asked = async (client: { client_id: string }) =>
    (await sandbox.requests({ platform: 'spotify', client: client.client_id, grant_type: 'client_credentials' }))
      .length;

  it('is got once for all replicas and callers, and again when it ends', async () => {
    const { client } = await connect();
    const ask = () =>
      Promise.all(
        replicas.flatMap(({ tokens }) => [tokens.issue(callOf(owner), app), tokens.issue(callOf(owner), app)]),
      );
    expect(new Set((await ask()).map(({ access_token }) => access_token)).size).toBe(1);
    expect(await asked(client)).toBe(1);
    clock.advance(56 * minute);
    await ask();
    expect(await asked(client)).toBe(2);
  });

  it('comes from the shared client for those who have none of their own, and is the same for all of them', async () => {
    const { client, credential: shared } = await connect();
    await postgres.dataSource.query(`UPDATE credentials SET is_shared = true, is_active = false WHERE id = $1`, [
      shared.id,
    ]);
    const users = [makePrincipal({ mode: 'test' }), makePrincipal({ mode: 'test' })];
    const answers = [];
    for (const principal of users) {
      const credential = await connections.connect(client, { userId: principal.user_id });
      await postgres.dataSource.query(`UPDATE credentials SET fields = '{}', secrets = '{}' WHERE id = $1`, [
        credential.id,
      ]);
      const issued = await replicas[0]!.tokens.issue(callOf(principal), app);
      expect(issued.credential_id).toBe(credential.id);
      answers.push(issued.access_token);
    }
    expect(new Set(answers).size).toBe(1);
    expect(await asked(client)).toBe(1);
    await postgres.dataSource.query('UPDATE credentials SET is_shared = false');
  });

  it('is refused by name where the platform has none', async () => {
    const deezer = await connections.register({}, 'deezer');
    await connections.connect(deezer, { userId: owner.user_id, platform: 'deezer', leftMs: 60 * minute });
    const error = await failure(replicas[0]!.tokens.issue(callOf(owner), { platform: 'deezer', kind: 'app' }));
    expect(error).toMatchObject({ code: 'VALIDATION_FAILED', data: { fields: [{ path: 'kind' }] } });
  });
});

describe('somebody else’s credential', () => {
  it.each<[string, () => Principal]>([
    ['another user', () => makePrincipal({ mode: 'test' })],
    ['the same user in the other mode', () => ({ ...owner, mode: 'live' })],
  ])('is nothing to %s', async (_, stranger) => {
    const { credential } = await connect();
    const [{ tokens }] = replicas as [Replica];
    await tokens.issue(callOf(owner), user);
    const by = stranger();
    expect(await failure(tokens.issue(callOf(by), { credentialId: credential.id, kind: 'user' }))).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await failure(tokens.issue(callOf(by), user))).toMatchObject({ code: 'NO_ACTIVE_CREDENTIAL' });
    expect(await failure(tokens.describe(by, credential.id))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await failure(tokens.refresh(callOf(by), credential.id))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('of another platform is nothing to a connector', async () => {
    const { credential } = await connect();
    const question = { platform: 'tidal', credentialId: credential.id, kind: 'user' } as const;
    expect(await failure(replicas[0]!.tokens.issue(callOf(owner), question))).toMatchObject({ code: 'NOT_FOUND' });
  });
});

it('tells how a token stands, and never the token', async () => {
  const { credential } = await connect(60 * minute);
  const [{ tokens, grants }] = replicas as [Replica];
  const before = await tokens.describe(owner, credential.id);
  expect(before).toMatchObject({
    state: 'valid',
    access_token_present: true,
    refresh_token_present: true,
    expired: false,
    scopes_granted: ['user-read-private'],
    scopes_missing: ['user-read-recently-played', 'user-top-read', 'user-library-read'],
    last_refresh_at: null,
    reason: null,
  });
  const after = await tokens.refresh(callOf(owner), credential.id);
  expect(after.last_refresh_at).not.toBeNull();
  const open = (await grants.find(credential))!;
  for (const token of [open.accessToken!, open.refreshToken!]) {
    expect(JSON.stringify([before, after])).not.toContain(token);
  }
});

it('holds tokens sealed: no row has one in the clear, and none opens in another row or an older version', async () => {
  const { credential } = await connect(0, { rotation: 'always' });
  const [{ tokens, grants, store, dataSource }] = replicas as [Replica];
  const old = (await store.find(keyOf(credential, 'user')))!;
  await tokens.issue(callOf(owner), user);
  const open = (await grants.find(credential))!;
  const [{ row }] = await dataSource.query('SELECT g::text AS row FROM grants g WHERE credential_id = $1', [
    credential.id,
  ]);
  expect(row).not.toContain(open.accessToken);
  expect(row).not.toContain(open.refreshToken);
  await dataSource.query('UPDATE grants SET refresh_token = $2 WHERE credential_id = $1', [
    credential.id,
    old.refreshToken,
  ]);
  expect(await failure(grants.find(credential))).toMatchObject({ code: 'INTERNAL_ERROR' });
});
