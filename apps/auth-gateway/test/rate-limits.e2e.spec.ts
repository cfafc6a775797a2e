import { defaultTiers } from '@musicgen/platform-contracts';
import { expectError, type Answer } from './client';
import { startGateway, type TestGateway } from './gateway';
import { makeApiKey } from '../src/api-keys/api-key';

let gateway: TestGateway;

/** Each hour gives few, so that no bucket refills while a test runs. */
const perHour = 4;

beforeAll(async () => {
  gateway = await startGateway({
    TRUSTED_PROXIES: '127.0.0.1',
    ANONYMOUS_PER_HOUR: '2',
    ANONYMOUS_BURST: '6',
    TIERS: JSON.stringify({ ...defaultTiers, free: { ...defaultTiers.free, requests_per_hour: perHour } }),
  });
});
afterAll(() => gateway?.stop());

let addresses = 0;
/** An address that nobody has used. */
const newAddress = () => ({ 'x-forwarded-for': `203.0.113.${++addresses}` });
const remaining = ({ headers }: Answer) => Number(headers.get('x-ratelimit-remaining'));
const unknownRoute = (headers: Record<string, string>) => gateway.ask('GET /v1/nothing', { headers });

async function register() {
  const body = { email: `user${++addresses}@example.com`, password: 'correct horse battery' };
  const answer = await gateway.ask('POST /v1/auth/register', { headers: newAddress(), body });
  expect(answer.status).toBe(201);
  return answer.body.access_token as string;
}

describe('the limit of a user', () => {
  it('is told in both families of headers, and lets through one bucket and no more', async () => {
    const token = await register();
    const headers = newAddress();
    const size = perHour * 1.5;
    for (let left = size - 1; left >= 0; left--) {
      const answer = await gateway.ask('GET /v1/user/profile', { token, headers });
      expect(answer.status).toBe(200);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'ratelimit-policy': '"requests";q=6;w=5400',
        ratelimit: expect.stringMatching(`^"requests";r=${left};t=\\d+$`),
        'x-ratelimit-limit': '6',
        'x-ratelimit-remaining': String(left),
        'x-ratelimit-reset': expect.stringMatching(/^\d+$/),
      });
    }
    const refused = await gateway.ask('GET /v1/user/profile', { token, headers });
    expectError(refused, 'RATE_LIMIT_EXCEEDED');
    expect(refused.headers.get('retry-after')).toBe(refused.headers.get('x-ratelimit-reset'));
  });

  it('is another one for keys than for sessions, and one for all sessions of the user', async () => {
    const token = await register();
    const headers = newAddress();
    const created = await gateway.ask('POST /v1/user/api-keys', {
      token,
      headers,
      body: { name: 'a key', permissions: ['user:read'] },
    });
    expect(remaining(created)).toBe(5);
    const { key } = created.body;
    expect(remaining(await gateway.ask('GET /v1/user/profile', { key, headers }))).toBe(7);
    const login = await gateway.ask('POST /v1/auth/login', { headers: newAddress(), body: { api_key: key } });
    const ofKey = await gateway.ask('GET /v1/user/profile', { token: login.body.access_token, headers });
    expect(remaining(ofKey)).toBe(4);
  });

  it('pays for mistakes too: a malformed body, a missing permission, what is not found', async () => {
    const token = await register();
    const headers = newAddress();
    const left = [
      await gateway.ask('PUT /v1/user/profile', { token, headers, raw: '{' }),
      await gateway.ask('GET /v1/generate/x', { token, headers }),
      await gateway.ask('GET /v1/user/profile?x=1', { token, headers }),
    ].map(remaining);
    expect(left).toEqual([5, 4, 3]);
  });
});

describe('the limit of a client address', () => {
  it('pays for whoever has no credentials or wrong ones, until it is used up', async () => {
    const headers = newAddress();
    const answers = [
      await gateway.ask('GET /v1/user/profile', { headers }),
      await gateway.ask('GET /v1/user/profile', { headers, key: 'x' }),
      await gateway.ask('GET /v1/user/profile', { headers, key: makeApiKey('live').key }),
      await gateway.ask('GET /v1/user/profile', { headers, token: 'x' }),
      await gateway.ask('GET /v1/user/profile', { headers, token: 'x', key: 'x' }),
      await gateway.ask('POST /v1/auth/login', { headers, body: {} }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 400, 400]);
    expect(answers.map(remaining)).toEqual([5, 4, 3, 2, 1, 0]);
    for (const asking of [{}, { key: 'x' }, { token: 'x' }]) {
      expectError(await gateway.ask('GET /v1/user/profile', { headers, ...asking }), 'RATE_LIMIT_EXCEEDED');
    }
  });

  it('does not stop who has good credentials', async () => {
    const token = await register();
    const headers = newAddress();
    while (remaining(await unknownRoute(headers)) > 0);
    expectError(await gateway.ask('GET /v1/user/profile', { headers }), 'RATE_LIMIT_EXCEEDED');
    expect((await gateway.ask('GET /v1/user/profile', { headers, token })).status).toBe(200);
  });

  it('pays for a key from where it is not allowed, so that nobody spends the limit of its owner', async () => {
    const token = await register();
    const body = { name: 'a key', permissions: ['user:read'], allowed_ips: ['198.51.100.0/24'] };
    const { key } = (await gateway.ask('POST /v1/user/api-keys', { token, headers: newAddress(), body })).body;
    const elsewhere = await gateway.ask('GET /v1/user/profile', { key, headers: newAddress() });
    expectError(elsewhere, 'IP_NOT_ALLOWED');
    expect(elsewhere.headers.get('x-ratelimit-limit')).toBe('6');
    const inside = await gateway.ask('GET /v1/user/profile', { key, headers: { 'x-forwarded-for': '198.51.100.7' } });
    expect(remaining(inside)).toBe(7);
  });

  it('is not spent by a right password, a known refresh token or a key, and not needed for them', async () => {
    const email = `user${++addresses}@example.com`;
    const body = { email, password: 'correct horse battery' };
    const registered = await gateway.ask('POST /v1/auth/register', { headers: newAddress(), body });
    const headers = newAddress();
    while (remaining(await unknownRoute(headers)) > 0);
    const login = await gateway.ask('POST /v1/auth/login', { headers, body });
    expect([login.status, remaining(login)]).toEqual([200, 0]);
    const refresh_token = registered.body.refresh_token;
    const refreshed = await gateway.ask('POST /v1/auth/refresh', { headers, body: { refresh_token } });
    expect([refreshed.status, remaining(refreshed)]).toEqual([200, 5]);
    const wrong = { ...body, password: 'wrong horse battery' };
    expectError(await gateway.ask('POST /v1/auth/login', { headers, body: wrong }), 'RATE_LIMIT_EXCEEDED');
    const unknown = { refresh_token: `refresh_${'A'.repeat(43)}` };
    expectError(await gateway.ask('POST /v1/auth/refresh', { headers, body: unknown }), 'RATE_LIMIT_EXCEEDED');
  });

  it('pays for a wrong password', async () => {
    const headers = newAddress();
    const body = { email: 'nobody@example.com', password: 'correct horse battery' };
    const answer = await gateway.ask('POST /v1/auth/login', { headers, body });
    expectError(answer, 'INVALID_CREDENTIALS');
    expect(remaining(answer)).toBe(5);
  });

  it('counts unknown routes, and tells them apart from refusals to the end', async () => {
    const headers = newAddress();
    const left = [];
    for (let asked = 0; asked < 8; asked++) {
      const answer = await unknownRoute(headers);
      expectError(answer, 'NOT_FOUND');
      left.push(remaining(answer));
    }
    expect(left).toEqual([5, 4, 3, 2, 1, 0, 0, 0]);
  });

  it('counts what is too large before anybody reads it', async () => {
    const headers = newAddress();
    const answer = await gateway.ask('POST /v1/generate', { headers, raw: 'x'.repeat(300 * 1024) });
    expectError(answer, 'PAYLOAD_TOO_LARGE');
    expect(remaining(answer)).toBe(5);
  });

  it('is that of the /64 for IPv6', async () => {
    const from = (address: string) => unknownRoute({ 'x-forwarded-for': address });
    expect(remaining(await from('2001:db8:1:2::1'))).toBe(5);
    expect(remaining(await from('2001:db8:1:2:ffff::9'))).toBe(4);
    expect(remaining(await from('2001:db8:1:3::1'))).toBe(5);
  });

  it.each(['/health/live', '/docs', '/docs/errors', '/v1/openapi.json', '/.well-known/jwks.json'])(
    'is shown and not touched by %s',
    async (path) => {
      const headers = newAddress();
      for (let asked = 0; asked < 2; asked++) expect(remaining(await gateway.ask(`GET ${path}`, { headers }))).toBe(6);
    },
  );
});
