import {
  idPrefixes,
  issueToken,
  makeSignature,
  permissions,
  platforms,
  routes,
  secretFields,
  type PlatformId,
  type RouteContract,
} from '@musicgen/platform-contracts';
import { newCall, newId, RpcClient } from '@musicgen/service-kit';
import {
  makePrincipal,
  spawnService,
  startService,
  startTestNats,
  startTestSandbox,
  testDatabase,
  type ServiceProcess,
  type TestDatabase,
  type TestNats,
  type TestSandbox,
} from '@musicgen/testing';
import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { database } from '../src/persistence/data-source';
import { allPlatforms, makeRequest } from './factories';
import { dump, Finder, type Secret } from './leaks';

/** Secrets are planted wherever one can come in, every route is driven, and then they are looked for wherever one could come out. */
let nats: TestNats;
let sandbox: TestSandbox;
let databases: TestDatabase[];
let vault: ServiceProcess;
let gateway: ServiceProcess;
const dumps: string[] = [];
const secrets: Secret[] = [];
const answers: { route: string; status: number; text: string }[] = [];
const heard: { subject: string; data: string }[] = [];
const random = (name: string) => `${name}${randomBytes(20).toString('hex')}`;

function plant<T extends string>(kind: Secret['kind'], name: string, value: T): T {
  secrets.push({ kind, name, value });
  return value;
}

interface Asked {
  key?: string;
  token?: string;
  body?: unknown;
  text?: string;
}

// Each caller knows what it asked for.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Body = any;

/** Notes what was answered, under the route's own name. */
async function ask(method: string, path: string, { key, token, body, text }: Asked = {}): Promise<Body> {
  const headers = {
    accept: 'application/json',
    ...(key && { 'x-api-key': key }),
    ...(token && { authorization: `Bearer ${token}` }),
    ...((body ?? text) !== undefined && { 'content-type': 'application/json' }),
  };
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(gateway.url + path, { method, headers, body: sent, redirect: 'manual' });
  const answer = await response.text();
  answers.push({ route: `${method} ${path}`, status: response.status, text: answer });
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, ...(isJson && answer ? JSON.parse(answer) : {}) };
}

beforeAll(async () => {
  [nats, sandbox] = await Promise.all([startTestNats(), startTestSandbox()]);
  databases = [await testDatabase(database), await testDatabase({ service: 'auth', entities: [], migrations: [] })];
  const migration = spawnService('auth', { DATABASE_URL: databases[1]!.ownerUrl }, ['migrate']);
  if ((await migration.exited) !== 0) throw new Error(migration.output());
  const replies = new Map<string, string>();
  await nats.overhear(({ subject, reply, data }) => {
    if (reply) replies.set(reply, subject);
    heard.push({ subject: replies.has(subject) ? `answer of ${replies.get(subject)}` : subject, data });
  });
  const env = { NATS_URL: nats.url, LOG_LEVEL: 'trace', SANDBOX_URL: sandbox.url };
  const plentiful = { ANONYMOUS_PER_HOUR: '1000000', ANONYMOUS_BURST: '1000000', FAILURES_BURST: '1000000' };
  vault = await startService('vault', databases[0]!, env);
  gateway = await startService('auth', databases[1]!, { ...env, ...plentiful });
}, 90_000);
afterAll(async () => {
  await Promise.all([vault, gateway].map((service) => service?.stop('SIGKILL')));
  await Promise.all([nats.close(), sandbox.close()]);
  for (const database of databases) await database.drop();
});

/** A user with sessions, keys and a webhook, and all that can go wrong with these. */
async function newUser(): Promise<string> {
  const email = `${newId('user').toLowerCase()}@example.com`;
  const password = plant('gateway', 'password', random('a long pass phrase '));
  const wrong = plant('gateway', 'wrong password', random('a wrong pass phrase '));
  const session = await ask('POST', '/v1/auth/register', { body: { email, password, mode: 'test' } });
  expect(session.status).toBe(201);
  await ask('POST', '/v1/auth/register', { body: { email, password } });
  await ask('POST', '/v1/auth/login', { body: { email, password: wrong } });
  await ask('POST', '/v1/auth/refresh', { body: { refresh_token: plant('gateway', 'false token', random('rt_')) } });
  const login = await ask('POST', '/v1/auth/login', { body: { email, password, mode: 'test' } });
  const renewed = await ask('POST', '/v1/auth/refresh', { body: { refresh_token: login.refresh_token } });
  for (const one of [session, login, renewed]) {
    plant('gateway', 'session token', one.access_token);
    plant('gateway', 'refresh token', one.refresh_token);
  }
  const token = renewed.access_token as string;
  const next = plant('gateway', 'new password', random('another long pass phrase '));
  await ask('PUT', '/v1/user/password', { token, body: { current_password: wrong, new_password: next } });
  const made = await ask('POST', '/v1/user/api-keys', { token, body: { name: 'a key', permissions } });
  plant('gateway', 'API key', made.key);
  const rotated = await ask('POST', `/v1/user/api-keys/${made.id}/rotate`, { token });
  const key = plant('gateway', 'API key', (rotated.key ?? made.key) as string);
  await ask('GET', '/v1/user/profile', { key: plant('gateway', 'false key', `${key.slice(0, -8)}00000000`) });
  const hook = { url: 'https://example.com/hooks/music', events: ['generation.succeeded'] };
  const webhook = await ask('POST', '/v1/webhooks', { key, body: hook });
  expect(webhook.status).toBe(201);
  plant('gateway', 'webhook secret', webhook.secret);
  plant('gateway', 'webhook secret', (await ask('POST', `/v1/webhooks/${webhook.id}/rotate`, { key })).secret);
  return key;
}

/** Fields with which the platform agrees. */
async function goodFields(platform: PlatformId): Promise<Record<string, unknown>> {
  const { auth } = platforms[platform];
  if (platform === 'apple_music') {
    const [{ client_id, settings }] = (await sandbox.control('GET', '/clients?platform=apple_music')).clients;
    const { music_user_token } = await sandbox.control('POST', '/apple_music/music_user_tokens', { user: 'ada' });
    const [{ key_id, private_key }] = settings.keys;
    return { team_id: client_id, key_id, private_key, music_user_token };
  }
  if (auth.type !== 'oauth2') {
    const access = { access_key: newId('key').slice(-16), access_secret: random('secret') };
    await sandbox.register(platform, { settings: { projects: [access] } });
    const { fields } = makeRequest({ platform });
    return { ...fields, identify_access_key: access.access_key, identify_access_secret: access.access_secret };
  }
  const redirect_uri = `${gateway.url}/v1/oauth/${platform}/callback`;
  const app = await sandbox.register(platform, { redirect_uris: [redirect_uri], settings: { rotation: 'always' } });
  const minted = await sandbox.control('POST', '/tokens', { platform, client: app.client_id, user: 'ada' });
  return {
    [auth.client.id]: app.client_id,
    [auth.client.secret]: app.client_secret,
    redirect_uri,
    access_token: minted.access_token,
    ...(minted.refresh_token && { refresh_token: minted.refresh_token }),
  };
}

function plantFields(platform: PlatformId, fields: Record<string, unknown>): Record<string, unknown> {
  for (const name of secretFields(platforms[platform])) {
    const value = fields[name];
    const kind = name === 'access_token' ? 'access token' : 'field';
    if (typeof value === 'string') plant(kind, `${platform}.${name}`, value);
  }
  return fields;
}

/** A credential through all that can be done with it. */
async function drive(key: string, platform: PlatformId, fields: Record<string, unknown>): Promise<string> {
  plantFields(platform, fields);
  const post = (path: string, body?: unknown) => ask('POST', path, { key, body });
  const { id } = await post('/v1/credentials', { platform, fields, activate: true });
  expect(id).toBeDefined();
  const one = `/v1/credentials/${id}`;
  const issued = [await post(`${one}/token`, {}), await post(`/v1/platforms/${platform}/token`, {})];
  await post(`${one}/validate?deep=true`);
  await post('/v1/credentials/validate', { platform, fields });
  await post(`${one}/refresh`);
  await ask('GET', `${one}/token`, { key });
  issued.push(await post(`${one}/token`, {}), await post(`${one}/token`, { kind: 'app' }));
  await sandbox.control('POST', '/faults', { failure: 'html_error', platform, times: 2 });
  await post(`${one}/refresh`);
  await sandbox.control('DELETE', '/faults');
  for (const { access_token } of issued) if (access_token) plant('access token', `${platform}'s`, access_token);
  const secret = { platform, fields: plantFields(platform, makeRequest({ platform }).fields) };
  await ask('PATCH', one, { key, body: { fields: secret.fields, description: 'changed' } });
  await ask('PATCH', one, { key, body: { fields: { ...secret.fields, no_such_field: random('canary') } } });
  await ask('PATCH', one, { key, body: { fields } });
  await consent(key, id, platform);
  await post(`${one}/deactivate`);
  await post(`${one}/activate`);
  await ask('PUT', `/v1/platforms/${platform}`, { key, body: { credential_id: id } });
  for (const path of ['/v1/credentials', '/v1/platforms', one, `${one}/audit`]) await ask('GET', path, { key });
  return id;
}

async function consent(key: string, id: string, platform: PlatformId): Promise<void> {
  const start = () => ask('POST', `/v1/credentials/${id}/oauth/start`, { key, body: {} });
  const { authorize_url, state } = await start();
  if (!authorize_url) return;
  const back = await sandbox.consent(authorize_url);
  plant('code', `${platform}'s code`, back.searchParams.get('code')!);
  await ask('GET', back.pathname + back.search);
  await ask('GET', back.pathname + back.search);
  const code = plant('code', 'a false code', random('code'));
  await ask('POST', `/v1/credentials/${id}/oauth/exchange`, { key, body: { code, state } });
  const second = await start();
  await ask('POST', `/v1/credentials/${id}/oauth/exchange`, { key, body: { code, state: second.state } });
}

/** The route's own example, with secrets where secrets go; ids of things that are not there. */
function requestOf({ path, params, example }: RouteContract) {
  const fitting = (name: string) =>
    [...idPrefixes.map(newId), 'spotify', 'bass'].find(
      (value) => (params!.shape[name] as z.ZodType).safeParse(value).success,
    )!;
  const isSecret = (name: string) => /password|secret|token$|private_key|api_key|^code$/.test(name);
  const body = example?.body as object | undefined;
  const text =
    body &&
    JSON.stringify(body, (name, value) => (isSecret(name) && typeof value === 'string' ? secretIn(name) : value));
  return { path: path.replaceAll(/\{(\w+)\}/g, (_, name: string) => fitting(name)), text };
}
const secretIn = (name: string) => plant('field', `an example's ${name}`, random(name));

async function driveEveryRoute(key: string): Promise<void> {
  for (const route of routes.filter(({ path }) => !path.endsWith('/events'))) {
    for (const by of [{}, { key }, { key: plant('gateway', 'a false key', random('sk_test_')) }]) {
      const { path, text } = requestOf(route);
      await ask(route.method, path, { ...by, ...(route.method !== 'GET' && { text }) });
      if (route.method === 'GET' || !text) continue;
      await ask(route.method, path, { ...by, text: text.slice(0, -1) });
      await ask(route.method, path, { ...by, text: JSON.stringify([JSON.parse(text)]) });
    }
    await ask(route.method, requestOf(route).path, { token: plant('gateway', 'a false token', random('eyJ')) });
  }
}

/** Connectors, who ask on NATS and are no users of the public API. */
async function driveConnectors(): Promise<void> {
  const owner = makePrincipal({ mode: 'test' });
  for (const name of ['spotify', 'acrcloud'] as const) {
    const client = new RpcClient(await nats.connect(name), name);
    for (const family of [issueToken, makeSignature]) {
      const contract = family.contracts.find(({ callers }) => callers.includes(name));
      if (contract) await client.call(contract as never, {} as never, newCall(owner)).catch(() => undefined);
    }
  }
}

/** Where a secret may be all the same: on its way in, and in the one answer that is there for it. */
const isAllowedOnNats = ({ kind }: Secret, subject: string) =>
  (kind !== 'gateway' && /^vault\.v1\.credential\.(create|update|validate_fields)$/.test(subject)) ||
  (kind === 'access token' && /^answer of vault\.v1\.token\.issue/.test(subject)) ||
  (kind === 'code' && /^vault\.v1\.oauth\.(finish|exchange)$/.test(subject)) ||
  (kind === 'field' && /^vault\.v1\.oauth\.(finish|exchange)$/.test(subject));
const isAllowedInAnswer = ({ kind }: Secret, route: string) =>
  (kind === 'access token' && /^POST \/v1\/(credentials|platforms)\/\w+\/token$/.test(route)) ||
  (kind === 'gateway' &&
    /^POST \/v1\/(auth\/\w+|user\/api-keys(\/\w+\/rotate)?|webhooks(\/\w+\/rotate)?)$/.test(route));

const named = (where: string, found: readonly Secret[]) => found.map(({ name }) => `${name} in ${where}`);
const dumpAll = async () => {
  for (const { adminUrl } of databases) dumps.push(await dump(adminUrl));
};

describe('planted secrets', () => {
  let finder: Finder;
  const metrics: string[] = [];

  beforeAll(async () => {
    const key = await newUser();
    const ids: string[] = [];
    for (const { id } of allPlatforms) {
      ids.push(await drive(key, id as PlatformId, await goodFields(id as PlatformId)));
      ids.push(await drive(key, id as PlatformId, makeRequest({ platform: id }).fields));
    }
    await driveConnectors();
    await driveEveryRoute(await newUser());
    await dumpAll();
    for (const id of ids) {
      await ask('DELETE', `/v1/credentials/${id}/token`, { key });
      await ask('DELETE', `/v1/credentials/${id}`, { key });
    }
    await dumpAll();
    for (const { url } of [vault, gateway]) metrics.push(await (await fetch(`${url}/metrics`)).text());
    finder = new Finder(secrets);
  }, 300_000);

  it('are many, of every platform and kind, and the search finds them where they are', () => {
    expect(secrets.length).toBeGreaterThan(150);
    const fields = allPlatforms.flatMap((platform) => secretFields(platform).map((name) => `${platform.id}.${name}`));
    const planted = new Set(secrets.map(({ name }) => name));
    // A platform that renews nothing has no refresh token to import.
    expect(fields.filter((name) => !planted.has(name))).toEqual(['deezer.refresh_token']);
    const sent = heard.filter(({ subject }) => subject === 'vault.v1.credential.create');
    expect(sent.some(({ data }) => finder.in(data).length > 0)).toBe(true);
    const issued = answers.filter(({ route, status }) => route.endsWith('/token') && status === 200);
    expect(issued.some(({ text }) => finder.in(text).length > 0)).toBe(true);
    expect(finder.in(Buffer.from(`xy${secrets[0]!.value}z`).toString('base64'))).toHaveLength(1);
    const statuses = new Set(answers.map(({ status }) => status));
    expect([200, 201, 400, 401, 403, 404, 409, 422].filter((status) => !statuses.has(status))).toEqual([]);
  });

  it('are in no log', () => {
    expect(gateway.output().length + vault.output().length).toBeGreaterThan(50_000);
    expect(named('a log of the vault', finder.in(vault.output()))).toEqual([]);
    expect(named('a log of the gateway', finder.in(gateway.output()))).toEqual([]);
  });

  it('are in no table of the database, in no encoding, before and after they are deleted', () => {
    expect(dumps.every((text) => text.length > 1_000)).toBe(true);
    expect(dumps.flatMap((text, i) => named(`dump ${i}`, finder.in(text)))).toEqual([]);
  });

  it('are in no message on NATS, but on their way into the vault and in the answer that they are', () => {
    expect(heard.length).toBeGreaterThan(500);
    const found = heard.flatMap(({ subject, data }) =>
      named(
        subject,
        finder.in(data).filter((secret) => !isAllowedOnNats(secret, subject)),
      ),
    );
    expect([...new Set(found)]).toEqual([]);
  });

  it('are in no event that is kept', async () => {
    const { connection } = await nats.connect('admin');
    const manager = await connection.jetstreamManager();
    const { state } = await manager.streams.info('EVENTS');
    const kept: string[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
      const { data, header } = await manager.streams.getMessage('EVENTS', { seq });
      kept.push(Buffer.from(header).toString() + Buffer.from(data).toString());
    }
    expect(kept.length).toBeGreaterThan(10);
    expect(kept.flatMap((text) => named('an event', finder.in(text)))).toEqual([]);
  });

  it('are in no answer that is an error, and in no other but the one that is there for it', () => {
    const found = answers.flatMap(({ route, status, text }) =>
      named(
        `${status} ${route}`,
        finder.in(text).filter((secret) => status >= 400 || !isAllowedInAnswer(secret, route)),
      ),
    );
    expect(found).toEqual([]);
  });

  it('are in no metric', () => {
    expect(metrics.flatMap((text) => named('/metrics', finder.in(text)))).toEqual([]);
  });
});
