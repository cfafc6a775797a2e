import type { AppError } from '@musicgen/error-codes';
import {
  createCredential,
  describeToken,
  getCredential,
  issueToken,
  issueTokenToUser,
  type IssuedToken,
  type Principal,
} from '@musicgen/platform-contracts';
import { newCall, newId, RpcClient } from '@musicgen/service-kit';
import {
  makePrincipal,
  spawnService,
  startTestNats,
  startTestSandbox,
  testDatabase,
  testSecrets,
  until,
  type TestDatabase,
  type TestNats,
  type TestSandbox,
} from '@musicgen/testing';
import { database } from '../src/persistence/data-source';
import { startStatementTrap } from './statement-trap';

type Vault = ReturnType<typeof spawnService>;

let nats: TestNats;
let postgres: TestDatabase;
let sandbox: TestSandbox;
let auth: RpcClient;
let spotify: RpcClient;
const processes: Vault[] = [];

beforeAll(async () => {
  [nats, postgres, sandbox] = await Promise.all([startTestNats(), testDatabase(database), startTestSandbox()]);
  auth = new RpcClient(await nats.connect('auth'), 'auth');
  spotify = new RpcClient(await nats.connect('spotify'), 'spotify');
});
afterEach(async () => {
  for (const vault of processes.splice(0)) await kill(vault);
  await sandbox.control('DELETE', '/faults');
});
afterAll(async () => {
  await sandbox.close();
  await nats.close();
  await postgres.drop();
});

async function kill(vault: Vault): Promise<void> {
  vault.process.kill('SIGKILL');
  await vault.exited;
}

async function start(overrides: Record<string, string> = {}): Promise<Vault> {
  const secrets = await testSecrets();
  const vault = spawnService('vault', {
    NATS_URL: nats.url,
    NATS_NKEY_SEED_FILE: `${secrets.folder}/vault.nkey`,
    DATABASE_URL: postgres.url,
    VAULT_KEYS_FILE: secrets.vaultKeysFile,
    SANDBOX_URL: sandbox.url,
    ...overrides,
  });
  processes.push(vault);
  await until(() => vault.output().includes('"msg":"started"'), 'the vault to start');
  return vault;
}

interface Connected {
  id: string;
  principal: Principal;
  app: { client_id: string };
}

/** A credential whose access token has expired, of an app of its own. */
async function connect(settings: object): Promise<Connected> {
  const app = await sandbox.register('spotify', { settings });
  const minted = await sandbox.control('POST', '/tokens', { platform: 'spotify', client: app.client_id, user: 'ada' });
  const principal = makePrincipal({ mode: 'test' });
  const id = newId('cred');
  const fields = {
    client_id: app.client_id,
    client_secret: app.client_secret,
    access_token: minted.access_token,
    refresh_token: minted.refresh_token,
    token_expiry: new Date(Date.now() - 60_000).toISOString(),
  };
  await auth.call(createCredential, { id, platform: 'spotify', activate: true, fields }, newCall(principal));
  return { id, principal, app };
}

const renewals = async ({ app }: Connected): Promise<{ is_processed: boolean }[]> =>
  sandbox.requests({ platform: 'spotify', client: app.client_id, grant_type: 'refresh_token' });

const issue = ({ principal }: Connected, timeoutMs = 30_000, rejected?: number) =>
  spotify.call(issueToken.of('spotify'), { rejected }, newCall(principal, timeoutMs));

/** As callers do: whoever asked a replica that was killed asks again. */
async function issueWithRetry(connected: Connected): Promise<IssuedToken> {
  for (;;) {
    try {
      return await issue(connected, 16_000);
    } catch (error) {
      if (!['TIMEOUT', 'SERVICE_UNAVAILABLE'].includes((error as AppError).code)) throw error;
    }
  }
}

const grantOf = async ({ id }: Connected) => {
  const [row] = await postgres.dataSource.query('SELECT * FROM grants WHERE credential_id = $1', [id]);
  return row;
};
/** As if its time were up. */
const endLock = ({ id }: Connected) =>
  postgres.dataSource.query('UPDATE grants SET locked_until = now() WHERE credential_id = $1', [id]);
const failure = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => Promise.reject(new Error('was expected to fail')),
    (error: AppError) => error,
  );

describe('1,000 callers on three processes with an expired token', () => {
  it('cause exactly one request to the platform in nine runs, and all get its token', async () => {
    await Promise.all([start(), start(), start()]);
    for (let run = 0; run < 9; run += 1) {
      const connected = await connect({ rotation: 'always' });
      const issued = await Promise.all(Array.from({ length: 1_000 }, () => issue(connected)));
      expect(new Set(issued.map(({ access_token }) => access_token)).size).toBe(1);
      expect(await renewals(connected)).toHaveLength(1);
    }
  });

  it('get a token also in the tenth, in which the process that asks the platform is killed', async () => {
    await Promise.all([start(), start(), start()]);
    const connected = await connect({ rotation: 'always' });
    const { id } = await sandbox.control('POST', '/faults', {
      failure: 'hold',
      platform: 'spotify',
      grant_type: 'refresh_token',
      times: 1,
    });
    const callers = Promise.all(Array.from({ length: 1_000 }, () => issueWithRetry(connected)));
    await until(async () => (await sandbox.control('GET', `/faults/${id}`)).held > 0);
    const [, pid] = (await grantOf(connected)).lock_owner.split(' ');
    await kill(processes.find((vault) => vault.process.pid === Number(pid))!);
    const issued = await callers;
    expect(new Set(issued.map(({ access_token }) => access_token)).size).toBe(1);
    // The one that was not done, and one more.
    const asked = await renewals(connected);
    expect(asked).toHaveLength(2);
    expect(asked.filter((request) => request.is_processed)).toHaveLength(1);
  });
});

describe('kill -9 during the refresh of a token that rotates', () => {
  it('at any statement loses nothing where the platform takes the old token for a while', async () => {
    const trap = await startStatementTrap(postgres.url);
    let isKilled = true;
    let statement = 0;
    for (; isKilled && statement < 30; statement += 1) {
      const victim = await start({ DATABASE_URL: trap.url });
      const connected = await connect({ rotation: 'always', old_token: 'grace', grace_seconds: 600 });
      isKilled = false;
      trap.arm('lock_owner = $5', statement + 1, () => {
        isKilled = true;
        victim.process.kill('SIGKILL');
      });
      await issue(connected, 5_000).catch(() => undefined);
      if (isKilled) await victim.exited;
      else await kill(victim);

      const survivor = await start();
      await endLock(connected);
      const issued = await issueWithRetry(connected);
      // Whatever is stored is what the platform takes: another renewal works.
      const next = await issue(connected, 10_000, issued.version);
      expect({ statement, next: next.access_token !== issued.access_token }).toEqual({ statement, next: true });
      const { state } = await auth.call(getCredential, { id: connected.id }, newCall(connected.principal));
      expect(['valid', 'unverified']).toContain(state);
      await kill(survivor);
    }
    // lock, read, breaker, intent, answer, read, transaction, states: if they were fewer, nothing was tried.
    expect(statement).toBeGreaterThan(8);
    await trap.close();
  }, 300_000);

  it('between the platform’s answer and our first byte loses the token where the platform tolerates nothing, and says so', async () => {
    const trap = await startStatementTrap(postgres.url);
    const victim = await start({ DATABASE_URL: trap.url });
    const connected = await connect({ rotation: 'always', old_token: 'dies' });
    trap.arm('SET pending = $6', 1, () => victim.process.kill('SIGKILL'));
    await issue(connected, 2_000).catch(() => undefined);
    await victim.exited;

    await start();
    await endLock(connected);
    expect(await failure(issue(connected))).toMatchObject({ code: 'TOKEN_REFRESH_FAILED' });
    // Some minutes later.
    await postgres.dataSource.query(
      `UPDATE grants SET refused_since = refused_since - interval '5 minutes', next_attempt_at = NULL WHERE credential_id = $1`,
      [connected.id],
    );
    expect(await failure(issue(connected))).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED' });
    const credential = await auth.call(getCredential, { id: connected.id }, newCall(connected.principal));
    expect(credential.state).toBe('needs_reauthorization');
    expect(credential.validation_error).toMatch(/An answer of the platform was lost/);
    await trap.close();
  });

  it('at any other statement loses nothing there either', async () => {
    const trap = await startStatementTrap(postgres.url);
    for (const from of [
      'lock_owner = $5',
      'intent_at = coalesce',
      'FOR NO KEY UPDATE',
      'DELETE FROM "refresh_breakers"',
    ]) {
      const victim = await start({ DATABASE_URL: trap.url });
      const connected = await connect({ rotation: 'always', old_token: 'dies' });
      trap.arm(from, 1, () => victim.process.kill('SIGKILL'));
      await issue(connected, 2_000).catch(() => undefined);
      await victim.exited;
      const survivor = await start();
      await endLock(connected);
      const issued = await issueWithRetry(connected);
      const next = await issue(connected, 10_000, issued.version);
      expect({ from, isNew: next.access_token !== issued.access_token }).toEqual({ from, isNew: true });
      await kill(survivor);
    }
    await trap.close();
  }, 120_000);
});

describe('a token is for those who may have it', () => {
  it('the public API needs credentials:token, a connector a permission for its platform', async () => {
    const vault = await start({ LOG_LEVEL: 'trace' });
    const { id, principal } = await connect({});
    const as = (...permissions: Principal['permissions']) => newCall({ ...principal, permissions });
    const toUser = (call: ReturnType<typeof newCall>) => auth.call(issueTokenToUser, { credential_id: id }, call);
    const toConnector = (call: ReturnType<typeof newCall>) => spotify.call(issueToken.of('spotify'), {}, call);

    const { access_token } = await toUser(as('credentials:token'));
    expect((await toConnector(as('spotify:read'))).access_token).toBe(access_token);
    expect(await auth.call(describeToken, { id }, as('credentials:read'))).toMatchObject({ expired: false });
    for (const attempt of [
      () => toUser(as('credentials:read', 'credentials:write', 'spotify:read')),
      () => toConnector(as('credentials:read', 'acrcloud:scan')),
      () => auth.call(describeToken, { id }, as('credentials:token')),
    ]) {
      expect(await failure(attempt())).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS' });
    }
    expect(vault.output()).not.toContain(access_token);
  });

  it('asks for a platform or a credential, and for not both', async () => {
    await start();
    const { id, principal } = await connect({});
    for (const request of [{}, { platform: 'spotify', credential_id: id }]) {
      expect(await failure(auth.call(issueTokenToUser, request, newCall(principal)))).toMatchObject({
        code: 'VALIDATION_FAILED',
        data: { fields: [{ path: 'platform' }] },
      });
    }
  });
});
