import type { AppError } from '@musicgen/error-codes';
import {
  createCredential,
  deleteCredential,
  getCredential,
  listCredentials,
  secretFields,
  updateCredential,
  type Principal,
} from '@musicgen/platform-contracts';
import { newCall, newId, RpcClient } from '@musicgen/service-kit';
import {
  Closer,
  makePrincipal,
  spawnService,
  startTestNats,
  testDatabase,
  testSecrets,
  until,
  type TestDatabase,
  type TestNats,
} from '@musicgen/testing';
import { database } from '../src/persistence/data-source';
import { allPlatforms, makeRequest } from './factories';

let nats: TestNats;
let postgres: TestDatabase;
let client: RpcClient;
let env: Record<string, string>;
type Vault = ReturnType<typeof spawnService>;
const processes: Vault[] = [];

const closer = new Closer();
beforeAll(async () => {
  [nats, postgres] = await Promise.all([
    closer.open(startTestNats(), ({ close }) => close()),
    closer.open(testDatabase(database), ({ drop }) => drop()),
  ]);
  client = new RpcClient(await nats.connect('auth'), 'auth');
  const secrets = await testSecrets();
  env = {
    NATS_URL: nats.url,
    NATS_NKEY_SEED_FILE: `${secrets.folder}/vault.nkey`,
    DATABASE_URL: postgres.url,
    VAULT_KEYS_FILE: secrets.vaultKeysFile,
  };
});
afterEach(async () => {
  for (const vault of processes.splice(0)) {
    vault.process.kill('SIGKILL');
    await vault.exited;
  }
});
afterAll(closer.close);

function start(overrides: Record<string, string> = {}, args: string[] = []): Vault {
  const vault = spawnService('vault', { ...env, ...overrides }, args);
  processes.push(vault);
  return vault;
}
async function started(overrides?: Record<string, string>): Promise<Vault> {
  const vault = start(overrides);
  await until(() => vault.output().includes('"msg":"started"'), 'the vault to start');
  return vault;
}
const by = (principal: Principal) => newCall(principal);
const failure = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => Promise.reject(new Error('was expected to fail')),
    (error: AppError) => error,
  );

it('stores, shows masked, changes and deletes a credential of every platform, and logs no secret', async () => {
  const vault = await started({ LOG_LEVEL: 'trace' });
  const call = by(makePrincipal());
  const canaries: string[] = [];
  for (const platform of allPlatforms) {
    const request = makeRequest({ platform: platform.id });
    const secrets = secretFields(platform).map((name) => request.fields[name]);
    canaries.push(...secrets.filter((value) => typeof value === 'string'));
    const created = await client.call(createCredential, request, call);
    expect(await client.call(getCredential, { id: request.id }, call)).toEqual(created);
    const changed = await client.call(updateCredential, { id: request.id, name: 'new name' }, call);
    expect(changed).toMatchObject({ name: 'new name', fields: created.fields });
  }
  const { data } = await client.call(listCredentials, { limit: 100 }, call);
  expect(data.map(({ platform }) => platform).toSorted()).toEqual(allPlatforms.map(({ id }) => id).toSorted());
  for (const { id } of data) await client.call(deleteCredential, { id }, call);
  expect((await client.call(listCredentials, { limit: 100 }, call)).data).toEqual([]);
  expect(canaries.filter((canary) => vault.output().includes(canary.slice(0, 30)))).toEqual([]);
});

it('answers its errors with code, details and data intact', async () => {
  await started();
  const [owner, stranger] = [by(makePrincipal()), by(makePrincipal())];
  const request = makeRequest();
  await client.call(createCredential, request, owner);
  expect((await failure(client.call(getCredential, { id: request.id }, stranger))).code).toBe('NOT_FOUND');
  expect((await failure(client.call(createCredential, request, stranger))).toWire()).toEqual({
    code: 'CONFLICT',
    details: 'The id is taken',
  });
  const wrong = await failure(
    client.call(createCredential, makeRequest({ fields: { client_id: 7, extra: 1 } }), owner),
  );
  expect(wrong.code).toBe('VALIDATION_FAILED');
  const { fields } = wrong.data as { fields: { path: string }[] };
  expect(fields.map(({ path }) => path)).toEqual(expect.arrayContaining(['fields.client_id', 'fields.extra']));
});

it.each([
  ['a name', { name: 'a\u0000b' }],
  ['a field', { fields: { ...makeRequest().fields, redirect_uri: 'https://a.example/\u0000' } }],
  ['a secret', { fields: { ...makeRequest().fields, client_secret: '\u0000\u0001'.repeat(20) } }],
])('does not fail on a NUL in %s', async (_, overrides) => {
  await started();
  const work = client.call(createCredential, makeRequest(overrides), by(makePrincipal()));
  expect(['ok', 'VALIDATION_FAILED']).toContain(
    await work.then(
      () => 'ok',
      (error: AppError) => error.code,
    ),
  );
});

it('ends what is in hand on SIGTERM, loses no call, and exits with status 0', async () => {
  const vault = await started();
  const call = by(makePrincipal());
  const outcomes: string[] = [];
  let answered = 0;
  const callers = Array.from({ length: 20 }, async () => {
    while (!outcomes.includes('SERVICE_UNAVAILABLE')) {
      const request = makeRequest();
      const outcome = await client.call(createCredential, request, call).then(
        () => 'ok',
        (error: AppError) => error.code,
      );
      outcomes.push(outcome);
      if (outcome === 'ok') answered += 1;
      if (answered === 60) vault.process.kill('SIGTERM');
    }
  });
  expect(await vault.exited).toBe(0);
  await Promise.all(callers);
  expect([...new Set(outcomes)].toSorted()).toEqual(['SERVICE_UNAVAILABLE', 'ok']);
  expect(vault.output()).toContain('"msg":"stopped"');
  expect(vault.output()).not.toContain('"level":"error"');
});

it('is replaced without a call that hangs when it is killed', async () => {
  const first = await started();
  const call = by(makePrincipal());
  first.process.kill('SIGKILL');
  await first.exited;
  await until(
    async () => (await failure(client.call(getCredential, { id: newId('cred') }, call))).code === 'SERVICE_UNAVAILABLE',
  );
  await started();
  expect((await failure(client.call(getCredential, { id: newId('cred') }, call))).code).toBe('NOT_FOUND');
});

it.each([
  ['with everything there', {}],
  [
    'while it waits for nats-server and Postgres',
    { NATS_URL: 'nats://127.0.0.1:9', DATABASE_URL: 'postgres://a:b@127.0.0.1:9/c' },
  ],
])('ends when its starter is gone, %s', async (_, overrides) => {
  const vault = start({ ...overrides, EXIT_WITH_PARENT: '1' });
  await until(() => vault.output().includes('"msg":"listening"'));
  vault.process.stdin.end();
  expect(await vault.exited).toBe(0);
});

it('stays when standard input ends, unless it was told otherwise', async () => {
  const vault = start();
  vault.process.stdin.end();
  await until(() => vault.output().includes('"msg":"started"'));
  vault.process.kill('SIGTERM');
  expect(await vault.exited).toBe(0);
});

it('refuses a broken configuration with one sentence per problem and status 78', async () => {
  const broken = {
    NATS_URL: 'canary',
    DATABASE_URL: '',
    VAULT_KEYS_FILE: '',
    VAULT_KEYS: '1:canary',
    LOG_LEVEL: 'canary',
  };
  const vault = start({ ...broken, HEALTH_PORT: '99999' });
  expect(await vault.exited).toBe(78);
  const lines = vault.output().trim().split('\n');
  expect(lines.map((line) => line.split(' ')[0]).toSorted()).toEqual([
    'DATABASE_URL',
    'HEALTH_PORT',
    'LOG_LEVEL',
    'NATS_URL',
    'VAULT_KEYS',
  ]);
  for (const line of lines) expect(line).toMatch(/\.$/);
  expect(vault.output()).not.toContain('canary');
});

it('runs its migrations as a command, and knows no other', async () => {
  const vault = start({ DATABASE_URL: postgres.ownerUrl, NATS_URL: '' }, ['migrate']);
  expect(await vault.exited).toBe(0);
  const other = start({}, ['dance']);
  expect(await other.exited).toBe(78);
  expect(other.output()).toBe('"dance" is no command of this service.\n');
});
