import type { AppError } from '@musicgen/error-codes';
import {
  createCredential,
  describeToken,
  issueToken,
  issueTokenToUser,
  type IssuedToken,
  type Principal,
} from '@musicgen/platform-contracts';
import { KeyRing, newCall, newId, RpcClient } from '@musicgen/service-kit';
import {
  Closer,
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
import fs from 'node:fs';
import { database } from '../src/persistence/data-source';
import { callOf } from './factories';
import { startReplica, TestClock, type Replica } from './replica';
import { startStatementTrap, type StatementTrap } from './statement-trap';

type Vault = ReturnType<typeof spawnService>;

let nats: TestNats;
let postgres: TestDatabase;
let sandbox: TestSandbox;
let auth: RpcClient;
let spotify: RpcClient;
const processes: Vault[] = [];

const closer = new Closer();
beforeAll(async () => {
  [nats, postgres, sandbox] = await Promise.all([
    closer.open(startTestNats(), ({ close }) => close()),
    closer.open(testDatabase(database), ({ drop }) => drop()),
    closer.open(startTestSandbox(), ({ close }) => close()),
  ]);
  auth = new RpcClient(await nats.connect('auth'), 'auth');
  spotify = new RpcClient(await nats.connect('spotify'), 'spotify');
});
afterEach(async () => {
  for (const vault of processes.splice(0)) await kill(vault);
  await sandbox.control('DELETE', '/faults');
});
afterAll(closer.close);

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

/** A credential whose access token has expired, of an app of its own. Nobody has used it: it is renewed only when asked for. */
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
    token_expiry: new Date(Date.now() + 60 * 60_000).toISOString(),
  };
  await auth.call(createCredential, { id, platform: 'spotify', activate: true, fields }, newCall(principal));
  await postgres.dataSource.query(
    `UPDATE grants SET expires_at = now() - interval '1 minute', last_used_at = NULL WHERE credential_id = $1`,
    [id],
  );
  return { id, principal, app };
}

const renewals = async ({ app }: Connected): Promise<{ is_processed: boolean }[]> =>
  sandbox.requests({ platform: 'spotify', client: app.client_id, grant_type: 'refresh_token' });

const issue = ({ principal }: Connected, timeoutMs = 30_000, rejected?: number) =>
  spotify.call(issueToken.of('spotify'), { rejected }, newCall(principal, timeoutMs));

/** As callers do: whoever asked a replica that was killed, or is too late with its answers, asks again. */
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
      const issued = await Promise.all(Array.from({ length: 1_000 }, () => issueWithRetry(connected)));
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
  let trap: StatementTrap;
  let survivor: Replica;

  beforeAll(async () => {
    trap = await startStatementTrap(postgres.url);
    const ring = KeyRing.parse(fs.readFileSync((await testSecrets()).vaultKeysFile, 'utf8'));
    const link = await nats.connect('vault');
    const clock = new TestClock();
    survivor = await startReplica({ databaseUrl: postgres.url, link, sandboxUrl: sandbox.url, ring, clock });
  });
  afterAll(async () => {
    await survivor.close();
    await trap.close();
  });

  const goOn = ({ principal }: Connected, rejected?: number) =>
    survivor.tokens.issue(callOf(principal), { platform: 'spotify', kind: 'user' }, rejected);

  /** The statement never reaches Postgres; whoever sent it is gone. */
  async function killAt(statement: string, settings: object): Promise<Connected> {
    const victim = await start({ DATABASE_URL: trap.url });
    const connected = await connect({ rotation: 'always', ...settings });
    trap.arm(statement, () => victim.process.kill('SIGKILL'));
    // Nobody answers.
    void issue(connected).catch(() => undefined);
    await victim.exited;
    await endLock(connected);
    return connected;
  }

  /** What is stored is what the platform takes: it is renewed, and renewed again. */
  async function mustBeWell(connected: Connected): Promise<void> {
    const issued = await goOn(connected);
    expect((await goOn(connected, issued.version)).access_token).not.toBe(issued.access_token);
    const { state } = await survivor.tokens.describe(connected.principal, connected.id);
    expect(['valid', 'unverified']).toContain(state);
  }

  it.each([
    ['lock', 'lock_owner = $5'],
    ['intent', 'intent_at = coalesce'],
    ['start of the work on the stored answer', 'FOR NO KEY UPDATE'],
    ['new tokens', 'UPDATE "grants" SET'],
    ['state', 'UPDATE "credentials" SET'],
    ['commit', 'COMMIT'],
    ['breaker', 'DELETE FROM "refresh_breakers"'],
  ])('before the %s is written loses nothing, also where the platform tolerates nothing', async (_, statement) => {
    await mustBeWell(await killAt(statement, { old_token: 'dies' }));
  });

  it('before the answer is written loses nothing where the platform takes the old token for a while', async () => {
    await mustBeWell(await killAt('SET pending = $6', { old_token: 'grace', grace_seconds: 600 }));
  });

  it('before the answer is written loses the token where the platform tolerates nothing, and says so', async () => {
    const connected = await killAt('SET pending = $6', { old_token: 'dies' });
    expect(await failure(goOn(connected))).toMatchObject({ code: 'TOKEN_REFRESH_FAILED' });
    // Some minutes later.
    await postgres.dataSource.query(
      `UPDATE grants SET refused_since = refused_since - interval '5 minutes', next_attempt_at = NULL WHERE credential_id = $1`,
      [connected.id],
    );
    expect(await failure(goOn(connected))).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED' });
    const [credential] = await postgres.dataSource.query('SELECT * FROM credentials WHERE id = $1', [connected.id]);
    expect(credential.state).toBe('needs_reauthorization');
    expect(credential.validation_error).toMatch(/An answer of the platform was lost/);
  });
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
