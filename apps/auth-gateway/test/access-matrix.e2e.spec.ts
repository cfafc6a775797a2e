import { AppError, type ErrorCode } from '@musicgen/error-codes';
import { permissions, routes, rpcContracts, type RouteContract } from '@musicgen/platform-contracts';
import { newId, type Call } from '@musicgen/service-kit';
import { until } from '@musicgen/testing';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { makeApiKey } from '../src/api-keys/api-key';
import { appendRevocation } from '../src/revocations/revocations.store';
import { expectError, type Asking } from './client';
import { password, startGateway, type TestGateway } from './gateway';
import { requestOf } from './route-requests';

// Every route of the contracts × everybody who may not use it: a new route is in the table as soon as it has a contract.

const secret = 'a secret of the test, 32 bytes or more';

let gateway: TestGateway;
let owner: Awaited<ReturnType<TestGateway['register']>>;
let strangers: Record<'another user' | 'the other mode', { token: string; key: string }>;
let refusals: Record<string, { who: Asking; code: ErrorCode }>;
/** For each permission, a key that has all the others. */
let lacking: Map<string, string>;

beforeAll(async () => {
  gateway = await startGateway({ JWT_ALGORITHM: 'HS256', JWT_SECRET: secret });
  owner = await gateway.register();
  const made = permissions.map(async (permission) => {
    const others = permissions.filter((other) => other !== permission);
    return [permission, (await gateway.addKey(owner.token, { permissions: others })).key] as const;
  });
  lacking = new Map(await Promise.all(made));
  refusals = await wrongCredentials();
  strangers = {
    'another user': await withKey((await gateway.register()).token),
    'the other mode': await withKey(await tokenOf({ email: owner.email, password, mode: 'test' })),
  };
  await answerForOwner();
});
afterAll(() => gateway?.stop());

const withKey = async (token: string) => ({ token, key: (await gateway.addKey(token)).key });
const tokenOf = async (body: object) => (await gateway.ask('POST /v1/auth/login', { body })).body.access_token;

async function wrongCredentials(): Promise<typeof refusals> {
  const [revoked, retired] = await Promise.all([1, 2].map(() => gateway.addKey(owner.token)));
  const expired = await gateway.addKey(owner.token, { expires_at: new Date(Date.now() + 86_400_000).toISOString() });
  const ofRevoked = await tokenOf({ api_key: revoked!.key });
  const ofExpired = await tokenOf({ api_key: expired.key });
  await gateway.ask(`DELETE /v1/user/api-keys/${revoked!.id}`, { token: owner.token });
  await gateway.database.dataSource.query(
    `UPDATE api_keys SET retires_at = now() - interval '1 second' WHERE id = $1`,
    [retired!.id],
  );
  const ended = await tokenOf({ email: owner.email, password });
  await gateway.ask('POST /v1/auth/logout', { token: ended });
  await gateway.database.dataSource.transaction(async (tx) => {
    await tx.query(`UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = $1`, [expired.id]);
    await appendRevocation(tx, [expired.id]);
  });
  const isOver = async (who: Asking) => (await gateway.ask('GET /v1/user/profile', who)).status === 401;
  await until(async () => (await isOver({ key: expired.key })) && isOver({ token: ofExpired }), 'the key to expire');
  const claims = decodeJwt(owner.token);
  const sign = (changes: object, key = secret) =>
    new SignJWT({ ...claims, ...changes })
      .setProtectedHeader(decodeProtectedHeader(owner.token) as never)
      .sign(new TextEncoder().encode(key));
  return {
    nothing: { who: {}, code: 'AUTHENTICATION_REQUIRED' },
    'a mistyped key': { who: { key: owner.token.slice(0, 40) }, code: 'INVALID_API_KEY' },
    'an unknown key': { who: { key: makeApiKey('live').key }, code: 'INVALID_API_KEY' },
    'an expired key': { who: { key: expired.key }, code: 'API_KEY_EXPIRED' },
    'a replaced key after its overlap': { who: { key: retired!.key }, code: 'API_KEY_EXPIRED' },
    'a revoked key': { who: { key: revoked!.key }, code: 'INVALID_API_KEY' },
    'a session of a revoked key': { who: { token: ofRevoked }, code: 'INVALID_TOKEN' },
    'a session of an expired key': { who: { token: ofExpired }, code: 'INVALID_TOKEN' },
    'an ended session': { who: { token: ended }, code: 'INVALID_TOKEN' },
    'an expired token': { who: { token: await sign({ exp: 1_000_000_000 }) }, code: 'TOKEN_EXPIRED' },
    'a token signed by another': { who: { token: await sign({}, `${secret}!`) }, code: 'INVALID_TOKEN' },
    'no token at all': { who: { token: 'x' }, code: 'INVALID_TOKEN' },
    'a token without a scheme': { who: { headers: { authorization: owner.token } }, code: 'INVALID_TOKEN' },
  };
}
/** The names are needed before anything has run. */
const wrongs = [
  'nothing',
  'a mistyped key',
  'an unknown key',
  'an expired key',
  'a replaced key after its overlap',
  'a revoked key',
  'a session of a revoked key',
  'a session of an expired key',
  'an ended session',
  'an expired token',
  'a token signed by another',
  'no token at all',
  'a token without a scheme',
];

/** Every other service, as it would answer: what is the owner's is found by him alone. */
async function answerForOwner(): Promise<void> {
  const answer = (_: never, { principal }: Call) => {
    const isOwner = principal?.user_id === owner.user.id && principal.mode === 'live';
    throw new AppError(isOwner ? 'GONE' : 'NOT_FOUND');
  };
  for (const service of ['vault', 'musicgen', 'spotify', 'acrcloud'] as const) {
    const contracts = rpcContracts.filter(({ owner: of, callers }) => of === service && callers.includes('auth'));
    await gateway.answerAs(service, ...contracts.map((contract) => [contract, answer] as const));
  }
}

/** What auth-gateway keeps itself, made anew for whoever asks: by the prefix of its id. */
const makers: Record<string, (token: string) => Promise<string>> = {
  key: async (token) => (await gateway.addKey(token)).id,
  hook: async (token) => {
    const body = { url: `https://example.com/${newId('req')}`, events: ['generation.succeeded'] };
    const created = await gateway.ask('POST /v1/webhooks', { token, body });
    expect(created.status).toBe(201);
    return created.body.id;
  },
  sess: async () => decodeJwt(await tokenOf({ email: owner.email, password })).sid as string,
};

const isClosed = ({ access }: RouteContract) => access !== 'anonymous';
const isRole = ({ access }: RouteContract) => access === 'session' || access === 'admin';
const named = (list: readonly RouteContract[]) =>
  list.map((route) => [`${route.method} ${route.path}`, route] as const);
const ask = (route: RouteContract, who: Asking) => {
  const { route: address, body } = requestOf(route);
  return gateway.ask(address, { body, ...who });
};

describe.each(named(routes.filter(isClosed)))('%s', (_, route) => {
  it.each(wrongs)('is not for %s', async (wrong) => {
    const { who, code } = refusals[wrong]!;
    expectError(await ask(route, who), code);
  });

  it('is not for a key without its permission, nor for a session of that key', async () => {
    const key = lacking.get(route.access) ?? lacking.get('generate')!;
    const details = isRole(route)
      ? 'This needs a session made by password'
      : `This needs the permission ${route.access}`;
    for (const who of [{ key }, { token: await tokenOf({ api_key: key }) }]) {
      expectError(await ask(route, who), 'INSUFFICIENT_PERMISSIONS', details);
    }
  });
});

it('knows the names of all wrong credentials', () => {
  expect(Object.keys(refusals)).toEqual(wrongs);
});

it('keeps what is an admin’s from every other user', async () => {
  for (const route of routes.filter(({ access }) => access === 'admin')) {
    expectError(await ask(route, owner), 'INSUFFICIENT_PERMISSIONS', 'This needs the role admin');
  }
});

/** An admin's routes are for everybody's resources. */
const ofOne = routes.filter((route) => isClosed(route) && route.access !== 'admin' && route.params?.shape.id);
/** Platforms and models are nobody's, and a user's sessions are listed whatever their mode. */
const ofMode = ({ path }: RouteContract) => !path.includes('/sessions/');

describe.each(named(ofOne.filter(({ path }) => !path.startsWith('/v1/models'))))('%s', (_, route) => {
  const { route: pattern, body } = requestOf(route);
  const prefix = /\/([a-z]+)_[0-9A-Z]{26}/.exec(pattern)![1]!;
  const addressOfOwners = async () => {
    const id = await makers[prefix]?.(owner.token);
    return id === undefined ? pattern : pattern.replace(/[a-z]+_[0-9A-Z]{26}/, id);
  };

  it.each(['another user', 'the other mode'] as const)('finds nothing of the owner’s for %s', async (stranger) => {
    if (stranger === 'the other mode' && !ofMode(route)) return;
    const address = await addressOfOwners();
    const { token, key } = strangers[stranger];
    for (const who of isRole(route) ? [{ token }] : [{ token }, { key }]) {
      expectError(await gateway.ask(address, { ...who, body }), 'NOT_FOUND');
    }
  });

  it('finds it for the owner', async () => {
    const { status } = await gateway.ask(await addressOfOwners(), { token: owner.token, body });
    // Behind a resource of ours there may be one that this test does not make: a webhook's delivery.
    if (makers[prefix] && route.params!.shape.delivery) expect(status).toBe(404);
    else expect(status).toBe(makers[prefix] ? route.status : 410);
  });
});

describe('a key with one permission that logs in', () => {
  const only = 'models:read';
  let tokens: string[];

  beforeAll(async () => {
    const { key } = await gateway.addKey(owner.token, { permissions: [only] });
    const { body: session } = await gateway.ask('POST /v1/auth/login', { body: { api_key: key } });
    const { body: renewed } = await gateway.ask('POST /v1/auth/refresh', {
      body: { refresh_token: session.refresh_token },
    });
    tokens = [session.access_token, renewed.access_token];
  });

  it.each(named(routes.filter(isClosed)))('can do no more than the key by %s', async (_, route) => {
    for (const token of tokens) {
      const answer = await ask(route, { token });
      if (route.access === only) expect([401, 403]).not.toContain(answer.status);
      else expectError(answer, 'INSUFFICIENT_PERMISSIONS');
    }
  });

  it('has just that permission in its token, whatever it asks for', async () => {
    for (const token of tokens) expect(decodeJwt(token)).toMatchObject({ permissions: [only], mode: 'live' });
  });
});
