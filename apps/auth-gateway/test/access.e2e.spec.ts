import { permissions, routes, type RouteContract } from '@musicgen/platform-contracts';
import { expectError } from './client';
import { startGateway, type TestGateway } from './gateway';
import { makeApiKey } from '../src/api-keys/api-key';
import { requestOf } from './route-requests';

let gateway: TestGateway;
let token: string;
let keys: Map<string, string>;

beforeAll(async () => {
  gateway = await startGateway();
  ({ token } = await gateway.register());
  // For each permission, a key that has all the others.
  const made = permissions.map(async (lacking) => {
    const others = permissions.filter((permission) => permission !== lacking);
    return [lacking, (await gateway.addKey(token, { permissions: others })).key as string] as const;
  });
  keys = new Map(await Promise.all(made));
});
afterAll(() => gateway?.stop());

const isOpen = ({ access }: RouteContract) => access === 'anonymous';
const named = (list: readonly RouteContract[]) =>
  list.map((route) => [`${route.method} ${route.path}`, route] as const);

/** Differ from request to request. */
const ofRequest = ['date', 'x-request-id', 'ratelimit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];

it.each(['GET /v1/user/profile', 'POST /v1/generate'])(
  '%s tells a key that cannot be one from one that does not exist by nothing',
  async (route) => {
    const body = route.startsWith('POST') ? {} : undefined;
    const impossible = await gateway.ask(route, { key: 'sk_live_x', body });
    const unknown = await gateway.ask(route, { key: makeApiKey('live').key, body });
    const told = ({ status, headers, text }: typeof unknown) => ({
      status,
      headers: [...headers].filter(([name]) => !ofRequest.includes(name)),
      text: text.replace(headers.get('x-request-id')!, ''),
    });
    expect(told(impossible)).toEqual(told(unknown));
    expect(impossible.status).toBe(401);
  },
);

describe.each(named(routes.filter((route) => !isOpen(route))))('%s', (_, route) => {
  const ask = (asking: object) => gateway.ask(requestOf(route).route, { body: requestOf(route).body, ...asking });

  it('asks whoever comes without credentials for some', async () => {
    const answer = await ask({});
    expectError(answer, 'AUTHENTICATION_REQUIRED');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="musicgen"');
  });

  it('refuses keys and tokens that are none', async () => {
    for (const key of ['sk_live_x', makeApiKey('live').key]) expectError(await ask({ key }), 'INVALID_API_KEY');
    expectError(await ask({ token: 'x' }), 'INVALID_TOKEN');
  });

  it('refuses a key that lacks just its permission, and a token made from that key', async () => {
    const key = keys.get(route.access) ?? keys.get('generate')!;
    const isRole = route.access === 'session' || route.access === 'admin';
    const details = isRole ? 'This needs a session made by password' : `This needs the permission ${route.access}`;
    const { body } = await gateway.ask('POST /v1/auth/login', { body: { api_key: key } });
    for (const asking of [{ key }, { token: body.access_token }]) {
      expectError(await ask(asking), 'INSUFFICIENT_PERMISSIONS', details);
    }
  });
});

describe.each(named(routes))('%s', (_, route) => {
  it('refuses two credentials at once, good ones too', async () => {
    const { route: address, body } = requestOf(route);
    const key = keys.get('user:write')!;
    const answer = await gateway.ask(address, { body, key, token });
    // Not even looked at, where nobody is counted.
    if (route.counted === 'never') expect([200, 503]).toContain(answer.status);
    else expectError(answer, 'VALIDATION_FAILED', 'X-API-Key and Authorization are both given; send one of them');
  });
});

describe.each(named(routes.filter(isOpen)))('%s', (_, route) => {
  it('answers anybody, whatever his credentials are worth', async () => {
    const { route: address, body } = requestOf(route);
    for (const asking of [{ key: 'x' }, { token: 'x' }, {}]) {
      // As programs ask: people get a page.
      const headers = { accept: 'application/json' };
      const { status } = await gateway.ask(address, { body, headers, ...asking });
      expect(
        {
          register: [201, 409],
          login: [200, 401],
          refresh: [401],
          verifyEmail: [400],
          forgotPassword: [204],
          resetPassword: [400],
          jwks: [200],
          getFile: [404],
          provenanceKeys: [503],
          finishOAuth: [400],
        }[route.name],
      ).toContain(status);
    }
  });
});
