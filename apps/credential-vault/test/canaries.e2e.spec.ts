import {
  createCredential,
  defaultTiers,
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
  Closer,
  migratedDatabase,
  makePrincipal,
  startService,
  startTestNats,
  startTestSandbox,
  testDatabase,
  type ServiceProcess,
  type TestDatabase,
  type TestNats,
  type TestSandbox,
} from '@musicgen/testing';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { database } from '../src/persistence/data-source';
import { allPlatforms, makeRequest } from './factories';
import { dump, Finder, type Secret } from './leaks';

/** Secrets are planted wherever one can come in, every route is driven, and then they are looked for wherever one could come out. */
let nats: TestNats;
let sandbox: TestSandbox;
let databases: Record<keyof typeof services, TestDatabase>;
let services: Record<'auth' | 'vault' | 'musicgen', ServiceProcess>;
const dumps: string[] = [];
const secrets: Secret[] = [];
const answers: { route: string; status: number; text: string }[] = [];
const heard: { subject: string; data: string }[] = [];
const closer = new Closer();
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
  const response = await fetch(services.auth.url + path, { method, headers, body: sent, redirect: 'manual' });
  const answer = await response.text();
  answers.push({ route: `${method} ${path}`, status: response.status, text: answer });
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, ...(isJson && answer ? JSON.parse(answer) : {}) };
}

beforeAll(async () => {
  [nats, sandbox] = await Promise.all([
    closer.open(startTestNats(), ({ close }) => close()),
    closer.open(startTestSandbox(), ({ close }) => close()),
  ]);
  databases = {
    auth: await closer.open(migratedDatabase('auth'), ({ drop }) => drop()),
    vault: await closer.open(testDatabase(database), ({ drop }) => drop()),
    musicgen: await closer.open(migratedDatabase('musicgen'), ({ drop }) => drop()),
  };
  const replies = new Map<string, string>();
  await nats.overhear(({ subject, reply, data }) => {
    if (reply) replies.set(reply, subject);
    heard.push({ subject: replies.has(subject) ? `answer of ${replies.get(subject)}` : subject, data });
  });
  const env = { NATS_URL: nats.url, LOG_LEVEL: 'trace', SANDBOX_URL: sandbox.url };
  const TIERS = JSON.stringify({ ...defaultTiers, free: { ...defaultTiers.free, requests_per_hour: 1_000_000 } });
  const plentiful = { TIERS, ANONYMOUS_PER_HOUR: '1000000', ANONYMOUS_BURST: '1000000', FAILURES_BURST: '1000000' };
  const start = (service: keyof typeof services, more: Record<string, string> = {}) =>
    closer.open(startService(service, databases[service], { ...env, ...more }), ({ stop }) => stop('SIGKILL'));
  services = {
    vault: await start('vault'),
    musicgen: await start('musicgen', { ROLE: 'api' }),
    auth: await start('auth', plentiful),
  };
});
afterAll(closer.close);

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
  const redirect_uri = `${services.auth.url}/v1/oauth/${platform}/callback`;
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

/** Fields of the right form, which the platform does not know. */
function exampleFields(platform: PlatformId): Record<string, unknown> {
  const { fields } = makeRequest({ platform });
  // Its example is on our own pages.
  if (fields.private_key === undefined) return fields;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...fields, private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
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
  const created = await post('/v1/credentials', { platform, fields, activate: true });
  expect(created).toMatchObject({ status: 201, platform });
  const { id } = created;
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
  const secret = { platform, fields: plantFields(platform, exampleFields(platform)) };
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
  // A client that the platform does not know gets no further.
  const back = await sandbox.consent(authorize_url).catch(() => undefined);
  if (!back) return;
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

/** Connectors, who ask on NATS and are no users of the public API: with a credential, and without one. */
async function driveConnectors(): Promise<void> {
  const auth = new RpcClient(await nats.connect('auth'), 'auth');
  const [owner, nobody] = [makePrincipal({ mode: 'test' }), makePrincipal({ mode: 'test' })];
  for (const name of ['spotify', 'acrcloud'] as const) {
    const fields = plantFields(name, await goodFields(name));
    await auth.call(createCredential, { id: newId('cred'), platform: name, fields, activate: true }, newCall(owner));
  }
  const spotify = new RpcClient(await nats.connect('spotify'), 'spotify');
  const token = await spotify.call(issueToken.of('spotify'), {}, newCall(owner));
  plant('access token', 'a connector’s token', token.access_token);
  await expect(spotify.call(issueToken.of('spotify'), {}, newCall(nobody))).rejects.toThrow();
  const acrcloud = new RpcClient(await nats.connect('acrcloud'), 'acrcloud');
  expect((await acrcloud.call(makeSignature.of('acrcloud'), {}, newCall(owner))).signature).toMatch(/./);
  await expect(acrcloud.call(makeSignature.of('acrcloud'), {}, newCall(nobody))).rejects.toThrow();
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
  for (const { adminUrl } of Object.values(databases)) dumps.push(await dump(adminUrl));
};

describe('planted secrets', () => {
  let finder: Finder;
  const metrics: string[] = [];

  beforeAll(async () => {
    const key = await newUser();
    const ids: string[] = [];
    for (const { id } of allPlatforms) {
      ids.push(await drive(key, id as PlatformId, await goodFields(id as PlatformId)));
      ids.push(await drive(key, id as PlatformId, exampleFields(id as PlatformId)));
    }
    await driveConnectors();
    await driveEveryRoute(await newUser());
    await dumpAll();
    for (const id of ids) {
      await ask('DELETE', `/v1/credentials/${id}/token`, { key });
      await ask('DELETE', `/v1/credentials/${id}`, { key });
    }
    await dumpAll();
    for (const { url } of Object.values(services)) metrics.push(await (await fetch(`${url}/metrics`)).text());
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
    for (const [service, { output }] of Object.entries(services)) {
      expect(output()).toContain('"level":"debug"');
      expect(named(`a log of ${service}`, finder.in(output()))).toEqual([]);
    }
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
      kept.push([...header, Buffer.from(data)].join('\n'));
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
