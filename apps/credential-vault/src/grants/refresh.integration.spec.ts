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
import type { Credential } from '../credentials/credential.entity';
import { keyOf } from './grants.store';
import { TokenSeal } from './sealed-tokens';

const minute = 60_000;
const day = 24 * 60 * minute;

let postgres: TestDatabase;
let nats: TestNats;
let sandbox: TestSandbox;
let clock: TestClock;
let replica: Replica;
let connections: Connections;
let owner: Principal;
const ring = KeyRing.parse(generateKeyRingText());

const closer = new Closer();
beforeAll(async () => {
  [postgres, nats, sandbox] = await Promise.all([
    closer.open(testDatabase(database), ({ drop }) => drop()),
    closer.open(startTestNats(), ({ close }) => close()),
    closer.open(startTestSandbox(), ({ close }) => close()),
  ]);
});
afterAll(closer.close);
beforeEach(async () => {
  await sandbox.control('POST', '/reset');
  owner = makePrincipal({ mode: 'test' });
  clock = new TestClock();
  const link = await nats.connect('vault');
  replica = await startReplica({ databaseUrl: postgres.url, link, sandboxUrl: sandbox.url, ring, clock });
  connections = new Connections(sandbox, replica, ring, clock);
});
afterEach(async () => {
  await replica.dataSource.query('DELETE FROM credentials');
  await replica.dataSource.query('DELETE FROM refresh_breakers');
  await replica.close();
});

const user = { platform: 'spotify', kind: 'user' } as const;
const issue = (rejected?: number) => replica.tokens.issue(callOf(owner), user, rejected);
const failure = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => Promise.reject(new Error('was expected to fail')),
    (error: AppError) => error,
  );
const connect = async (settings: object = {}, leftMs = 0) => {
  const app = await connections.register(settings);
  return { app, credential: await connections.connect(app, { userId: owner.user_id, leftMs }) };
};
const fault = (failure: string, facts: object = {}) =>
  sandbox.control('POST', '/faults', { failure, platform: 'spotify', grant_type: 'refresh_token', ...facts });
/** As if its holder had been killed a while ago. */
const leaveLock = () => replica.dataSource.query(`UPDATE grants SET locked_until = now() - interval '1 second'`);
const reset = () => sandbox.control('DELETE', '/faults');

describe('a token that lasts', () => {
  it('is given away as it is, while more than five minutes are left', async () => {
    const { app, credential } = await connect({}, 6 * minute);
    const { access_token } = await issue();
    expect(access_token).toBe((await connections.open(credential)).accessToken);
    expect(await connections.renewals(app)).toBe(0);
  });

  it('is renewed with five minutes left', async () => {
    const { app, credential } = await connect({}, 5 * minute);
    const before = await connections.open(credential);
    const issued = await issue();
    expect(issued.access_token).not.toBe(before.accessToken);
    expect(issued.expires_in).toBeGreaterThan(3_500);
    expect(await connections.renewals(app)).toBe(1);
  });

  it('is renewed all the same once for all whom the platform has refused it', async () => {
    const { app } = await connect({}, 60 * minute);
    const { version, access_token } = await issue();
    const renewed = await Promise.all(Array.from({ length: 20 }, () => issue(version)));
    expect(new Set(renewed.map((token) => token.access_token)).size).toBe(1);
    expect(renewed[0]!.access_token).not.toBe(access_token);
    expect(await connections.renewals(app)).toBe(1);
  });
});

describe('a token that lives for less than five minutes', () => {
  it.each([240, 8, 1])('is given away (%i s), to all who ask at the same time, and renewed once', async (lifetime) => {
    const { app } = await connect({ access_token_seconds: lifetime });
    const issued = await Promise.all(Array.from({ length: 20 }, () => issue()));
    expect(new Set(issued.map(({ access_token }) => access_token)).size).toBe(1);
    expect(issued[0]!.expires_in).toBeLessThanOrEqual(lifetime);
    expect(await connections.renewals(app)).toBe(1);
  });

  it('is used for half of its life, and renewed ahead only then', async () => {
    const { app } = await connect({ access_token_seconds: 240 });
    const { access_token } = await issue();
    clock.advance(1 * minute);
    await replica.worker.renewDue();
    expect((await issue()).access_token).toBe(access_token);
    expect(await connections.renewals(app)).toBe(1);
    clock.advance(90_000);
    await replica.worker.renewDue();
    expect(await connections.renewals(app)).toBe(2);
    expect((await issue()).access_token).not.toBe(access_token);
    expect(await connections.renewals(app)).toBe(2);
  });
});

describe('the refresh token', () => {
  it('that a platform sends takes the place of the old one', async () => {
    const { credential } = await connect({ rotation: 'always' });
    const before = await connections.open(credential);
    await issue();
    const after = await connections.open(credential);
    expect(after.refreshToken).toMatch(/./);
    expect(after.refreshToken).not.toBe(before.refreshToken);
  });

  it.each(['never', 'empty'])('stays where a platform sends none (rotation: %s)', async (rotation) => {
    const { credential } = await connect({ rotation });
    const before = await connections.open(credential);
    await issue();
    expect((await connections.open(credential)).refreshToken).toBe(before.refreshToken);
  });

  it('that was rotated survives changes of its credential that happen during the refresh', async () => {
    const { app, credential } = await connect({ rotation: 'always' });
    const { id } = await fault('hold', { times: 1 });
    const token = issue();
    await until(async () => (await sandbox.control('GET', `/faults/${id}`)).held > 0);
    const principal = { user_id: credential.userId, mode: credential.mode };
    await replica.credentials.transaction((tx) =>
      replica.credentials.update(tx, principal, credential.id, { name: 'renamed', updatedAt: new Date() }),
    );
    await sandbox.control('POST', `/faults/${id}/release`);
    await token;
    clock.advance(2 * 60 * minute);
    await issue();
    expect(await connections.renewals(app)).toBe(2);
    expect(await connections.state(credential)).toMatchObject({ state: 'valid' });
  });
});

describe('somebody who comes late', () => {
  it('does not write an older answer over a younger one', async () => {
    const { credential } = await connect({ rotation: 'always' });
    const key = keyOf(credential, 'user');
    const late = (await replica.store.lock(key, 'late'))!;
    await leaveLock();
    const { access_token } = await issue();
    expect(await replica.store.keep(late, 'sealed')).toBe(false);
    await replica.outcomes.fail(credential, late, {
      reason: 'token_revoked',
      message: '',
      remedy: '',
      mayHaveBeenDone: false,
    });
    expect(await connections.row(credential)).toMatchObject({ pending: null, failures: 0 });
    expect((await connections.open(credential)).accessToken).toBe(access_token);
  });

  it('does not revive what was dropped or granted anew meanwhile', async () => {
    const { credential } = await connect();
    const late = (await replica.store.lock(keyOf(credential, 'user'), 'late'))!;
    await replica.dataSource.transaction((tx) => replica.grants.drop(tx, credential));
    expect(await replica.store.keep(late, 'sealed')).toBe(false);
    expect(await replica.store.intend(late, null, new Date())).toBe(false);
    expect(await replica.grants.find(credential)).toBeNull();
  });

  it('goes on from an answer that a killed one has stored, and asks nobody', async () => {
    const { app, credential } = await connect({ rotation: 'always' });
    const killed = (await replica.store.lock(keyOf(credential, 'user'), 'killed'))!;
    const answer = { accessToken: 'access', refreshToken: 'refresh', expiresAt: new Date(Date.now() + 60 * minute) };
    await replica.store.keep(killed, new TokenSeal(ring, credential).sealAnswer('user', killed.fence, answer));
    await leaveLock();
    expect((await issue()).access_token).toBe('access');
    expect((await connections.open(credential)).refreshToken).toBe('refresh');
    expect(await connections.renewals(app)).toBe(0);
  });
});

describe('a failure that passes', () => {
  it.each<[string, { status?: number; retry_after?: unknown }]>([
    ['server_error', {}],
    ['cut', {}],
    ['html_error', {}],
    ['custom', { status: 429, retry_after: 120 }],
    ['custom', { status: 429, retry_after: 'date:120' }],
    ['custom', { status: 429, retry_after: null }],
    ['custom', { status: 429, retry_after: 'soon' }],
  ])('%s %j: the present token is used, and the grant is well afterwards', async (name, facts) => {
    const { app, credential } = await connect({}, 4 * minute);
    const before = await connections.open(credential);
    await fault(name, facts);
    clock.stop();
    expect((await issue()).access_token).toBe(before.accessToken);
    expect(await connections.state(credential)).toMatchObject({ state: 'refresh_failing' });
    expect(await connections.events(credential)).toMatchObject([{ name: 'refresh_failing' }]);
    await issue();
    expect(await connections.renewals(app)).toBe(1);
    const row = await connections.row(credential);
    const waitMs = row.nextAttemptAt!.getTime() - row.lastAttemptAt!.getTime();
    if (facts.retry_after === 120 || facts.retry_after === 'date:120') expect(waitMs).toBeGreaterThan(100_000);
    else expect(waitMs).toBeLessThan(60_000);

    await reset();
    clock.advance(3 * minute);
    await replica.worker.renewDue();
    expect(await connections.state(credential)).toMatchObject({ state: 'valid', validationError: null });
    expect((await connections.events(credential)).map(({ name }) => name)).toEqual(['refresh_failing', 'valid']);
    expect((await issue()).access_token).not.toBe(before.accessToken);
  });

  it('is told, with when to come again, once the token has ended', async () => {
    await connect({}, 0);
    await fault('custom', { status: 429, retry_after: 90 });
    const error = await failure(issue());
    expect(error).toMatchObject({
      code: 'TOKEN_REFRESH_FAILED',
      data: { platform: 'spotify', reason: 'rate_limited' },
    });
    expect(error.retryAfterSeconds).toBeGreaterThan(80);
  });

  it('keeps a client that the platform does not know from being asked for over and over', async () => {
    const { app } = await connect();
    await fault('invalid_client');
    clock.stop();
    expect(await failure(issue())).toMatchObject({ code: 'CREDENTIAL_INVALID', data: { reason: 'invalid_client' } });
    await failure(issue());
    expect(await connections.renewals(app)).toBe(1);
  });
});

describe('a grant that the platform says has ended', () => {
  it('is believed to have ended after a second try some minutes later, and not asked for again', async () => {
    const { app, credential } = await connect({}, 4 * minute);
    await sandbox.control('POST', '/grants/revoke', { platform: 'spotify', client: app.client_id });
    await issue();
    expect(await connections.state(credential)).toMatchObject({ state: 'refresh_failing' });
    clock.advance(1 * minute);
    await replica.worker.renewDue();
    expect(await connections.renewals(app)).toBe(1);

    clock.advance(4 * minute);
    await replica.worker.renewDue();
    expect(await connections.renewals(app)).toBe(2);
    expect((await connections.state(credential)).state).toBe('needs_reauthorization');
    expect((await connections.events(credential)).map(({ name }) => name)).toEqual([
      'refresh_failing',
      'needs_reauthorization',
    ]);
    for (let hour = 0; hour < 5; hour += 1) {
      clock.advance(60 * minute);
      await replica.worker.renewDue();
      expect(await failure(issue())).toMatchObject({
        code: 'REAUTHORIZATION_REQUIRED',
        data: { reason: 'token_revoked' },
      });
    }
    expect(await connections.renewals(app)).toBe(2);
  });

  it('keeps its refresh token for 30 days, unused', async () => {
    const { app, credential } = await connect();
    await sandbox.control('POST', '/grants/revoke', { platform: 'spotify', client: app.client_id });
    await failure(issue());
    clock.advance(5 * minute);
    await replica.worker.renewDue();
    clock.advance(29 * day);
    await replica.worker.makeRound();
    expect((await connections.open(credential)).refreshToken).toMatch(/./);
    clock.advance(2 * day);
    await replica.worker.makeRound();
    expect(await replica.grants.find(credential)).toBeNull();
  });

  it('is well again with the next authorisation', async () => {
    const { app, credential } = await connect();
    await sandbox.control('POST', '/grants/revoke', { platform: 'spotify', client: app.client_id });
    await failure(issue());
    clock.advance(5 * minute);
    await replica.worker.renewDue();
    const tokens = await sandbox.control('POST', '/tokens', {
      platform: 'spotify',
      client: app.client_id,
      user: 'ada',
    });
    await replica.dataSource.transaction((tx) =>
      replica.grants.save(
        tx,
        credential,
        { accessToken: tokens.access_token, refreshToken: tokens.refresh_token, expiresAt: clock.now() },
        clock.now(),
      ),
    );
    expect((await issue()).access_token).toMatch(/./);
  });

  it('says that an answer was lost, if that is why', async () => {
    const { credential } = await connect({ rotation: 'always', old_token: 'dies' });
    await fault('cut', { when: 'after', times: 1 });
    await failure(issue());
    for (let tries = 0; tries < 3; tries += 1) {
      clock.advance(5 * minute);
      await replica.worker.renewDue();
    }
    const { state, validationError } = await connections.state(credential);
    expect(state).toBe('needs_reauthorization');
    expect(validationError).toMatch(/was lost/);
  });

  it('is not in doubt where the platform takes the old token for a while after a lost answer', async () => {
    const { credential } = await connect({ rotation: 'always', old_token: 'grace', grace_seconds: 600 });
    await fault('cut', { when: 'after', times: 1 });
    await failure(issue());
    clock.advance(2 * minute);
    await replica.worker.renewDue();
    expect((await connections.state(credential)).state).toBe('valid');
    await issue();
  });
});

it('ends with its access token where nothing renews it, and every replica hears of it', async () => {
  const { credential } = await connect({}, 6 * minute);
  await replica.dataSource.query('UPDATE grants SET refresh_token = NULL WHERE credential_id = $1', [credential.id]);
  await issue();
  const told: string[] = [];
  replica.changes.listen(({ id }) => told.push(id));
  clock.advance(6 * minute);
  await replica.worker.makeRound();
  expect(told).toEqual([credential.id]);
  expect((await connections.state(credential)).state).toBe('needs_reauthorization');
  expect(await failure(issue())).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED' });
});

describe('a database that refuses to write', () => {
  it('keeps a token from being spent', async () => {
    const { app, credential } = await connect({ rotation: 'always' });
    const before = await connections.open(credential);
    const key = keyOf(credential, 'user');
    const held = (await replica.store.lock(key, replica.refreshes.owner))!;
    const admin = await startReplica({
      databaseUrl: `${postgres.url}?options=-c%20default_transaction_read_only%3Don`,
      link: await nats.connect('vault'),
      sandboxUrl: sandbox.url,
      ring,
      clock,
    });
    await expect(admin.refreshes.renewHeld(credential, held, {})).rejects.toThrow(/read-only/);
    await admin.close();
    expect(await connections.renewals(app)).toBe(0);
    expect((await connections.open(credential)).refreshToken).toBe(before.refreshToken);
  });
});

describe('what is in use', () => {
  it('is renewed before anybody has to wait for it, and once by however many replicas', async () => {
    const app = await connections.register();
    const used: Credential[] = [];
    for (let n = 0; n < 12; n += 1)
      used.push(await connections.connect(app, { userId: makePrincipal().user_id, leftMs: 5.5 * minute }));
    const other = await startReplica({
      databaseUrl: postgres.url,
      link: await nats.connect('vault'),
      sandboxUrl: sandbox.url,
      ring,
      clock,
    });
    for (let round = 0; round < 3; round += 1) await Promise.all([replica.worker.renewDue(), other.worker.renewDue()]);
    await other.close();
    expect(await connections.renewals(app)).toBe(12);
    for (const credential of used)
      expect((await connections.row(credential)).expiresAt!.getTime()).toBeGreaterThan(
        clock.now().getTime() + 50 * minute,
      );
  });

  it('is spread over some minutes, and what nobody has used for a day is left alone', async () => {
    const app = await connections.register();
    // By their ids about half of them are due: of so many never all or none.
    const all = 60;
    for (let n = 0; n < all; n += 1)
      await connections.connect(app, { userId: makePrincipal().user_id, leftMs: 8 * minute });
    while (await replica.worker.renewDue());
    const first = await connections.renewals(app);
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(all);
    clock.advance(25 * 60 * minute);
    while (await replica.worker.renewDue());
    expect(await connections.renewals(app)).toBe(first);
  });
});

describe('the day on which one must authorise again', () => {
  it('is told 30, 7 and 1 day ahead, once each', async () => {
    const { credential } = await connect();
    const { reauthDueAt } = await connections.row(credential);
    const told: unknown[] = [];
    for (let passed = 0; passed < 190; passed += 1) {
      await replica.worker.makeRound();
      clock.advance(day);
    }
    for (const event of await connections.events(credential))
      told.push([event.name, (event as { days?: number }).days]);
    expect(reauthDueAt!.getTime() - Date.now()).toBeGreaterThan(180 * day);
    expect(told).toEqual([
      ['reauth_due', 30],
      ['reauth_due', 7],
      ['reauth_due', 1],
    ]);
  });
});
