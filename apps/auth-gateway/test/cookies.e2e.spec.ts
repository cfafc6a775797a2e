import { expectError, refusedFields, type Asking } from './client';
import { password, startGateway, type TestGateway } from './gateway';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.stop());

const query = (sql: string, values: unknown[] = []) => gateway.database.dataSource.query(sql, values);
const secretIn = (headers: Headers) => /^session=([\w-]{43});/.exec(headers.get('set-cookie') ?? '')?.[1];

/** A new user's dashboard: its cookie, and requests as a browser sends them from its own pages. */
async function dashboard(body: object = {}, route = 'POST /v1/auth/login') {
  const { email, token } = await gateway.register();
  const started = await gateway.ask(route, { body: { email, password, cookie: true, ...body } });
  const secret = secretIn(started.headers)!;
  const ask = (of: string, { headers, ...asking }: Asking = {}, ourCookie = secret) =>
    gateway.ask(of, {
      ...asking,
      headers: { cookie: `theme=dark; session=${ourCookie}`, origin: gateway.url, ...headers },
    });
  return { email, token, started, secret, ask };
}

describe('a login for the dashboard', () => {
  it('answers the user without tokens, and sets a cookie that no script and no other site can use', async () => {
    const { email, started, secret } = await dashboard();
    expect(started.body).toEqual({ user: { id: expect.any(String), email, tier: 'free', usage: null } });
    expect(started.headers.get('set-cookie')!.split('; ').sort()).toEqual(
      [`session=${secret}`, 'Max-Age=7776000', 'Path=/', 'HttpOnly', 'SameSite=Strict'].sort(),
    );
  });

  it('keeps only a hash of the cookie', async () => {
    const { secret } = await dashboard();
    const rows = await query('SELECT * FROM sessions');
    expect(rows).not.toHaveLength(0);
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(gateway.process.output()).not.toContain(secret);
  });

  it('registers so too', async () => {
    const body = { email: 'new@example.com', password, cookie: true };
    const { status, body: answer, headers } = await gateway.ask('POST /v1/auth/register', { body });
    expect({ status, fields: Object.keys(answer) }).toEqual({ status: 201, fields: ['user'] });
    expect(secretIn(headers)).toBeDefined();
  });

  it('sets a cookie for https only, unless the host is a loopback one', async () => {
    const { email } = await gateway.register();
    const behindProxy = await gateway.startSecond({
      PUBLIC_URL: 'https://music.example.com',
      TRUSTED_PROXIES: '127.0.0.1',
    });
    try {
      const body = { email, password, cookie: true };
      const { headers } = await behindProxy.ask('POST /v1/auth/login', {
        body,
        headers: { 'x-forwarded-proto': 'https' },
      });
      expect(headers.get('set-cookie')!.split('; ')).toContain('Secure');
    } finally {
      await behindProxy.stop();
    }
  });

  it('answers tokens and sets nothing unless it is asked to', async () => {
    for (const cookie of [undefined, false]) {
      const { started } = await dashboard({ cookie });
      expect(started.body.access_token).toMatch(/^eyJ/);
      expect(started.headers.get('set-cookie')).toBeNull();
    }
    const bad = { email: 'a@example.com', password, cookie: 'yes' };
    expect(refusedFields(await gateway.ask('POST /v1/auth/login', { body: bad }))).toEqual(['cookie']);
  });
});

describe('the cookie', () => {
  it('opens what a password session opens', async () => {
    const { ask, email } = await dashboard();
    expect((await ask('GET /v1/user/profile')).body).toMatchObject({ email, mode: 'live' });
    expect((await ask('PUT /v1/user/profile', { body: { name: 'Fanny' } })).body).toMatchObject({ name: 'Fanny' });
    expect((await ask('GET /v1/auth/sessions')).body.data[0]).toMatchObject({ method: 'cookie', is_current: true });
  });

  it.each([
    ['another site', 'https://evil.example'],
    ['no page', ''],
    ['an opaque one', 'null'],
  ])('changes nothing for a page of %s', async (_, origin) => {
    const { ask } = await dashboard();
    const answer = await ask('PUT /v1/user/profile', { body: { name: 'Mallory' }, headers: { origin } });
    expectError(answer, 'INSUFFICIENT_PERMISSIONS', `With the cookie, PUT needs the header Origin: ${gateway.url}`);
    expect((await ask('GET /v1/user/profile', { headers: { origin } })).body.name).toBeNull();
  });

  it('is ignored beside a key or a token, whatever they are worth', async () => {
    const { ask, email } = await dashboard();
    const stranger = await gateway.register();
    const origin = 'https://evil.example';
    const answer = await ask('PUT /v1/user/profile', {
      token: stranger.token,
      body: { name: 'x' },
      headers: { origin },
    });
    expect([answer.body.email, answer.body.email === email]).toEqual([stranger.email, false]);
    expectError(await ask('GET /v1/user/profile', { token: 'x' }), 'INVALID_TOKEN');
    expectError(await ask('GET /v1/user/profile', { key: 'sk_live_x' }), 'INVALID_API_KEY');
  });

  it('that is none of ours is no credential, and one of an ended session a refused one', async () => {
    const { ask } = await dashboard();
    for (const other of ['', 'x', 'x'.repeat(5_000)])
      expectError(await ask('GET /v1/user/profile', {}, other), 'AUTHENTICATION_REQUIRED');
    expectError(await ask('GET /v1/user/profile', {}, 'A'.repeat(43)), 'INVALID_TOKEN');
  });

  it('is deleted by the logout, which ends its session', async () => {
    const { ask } = await dashboard();
    const out = await ask('POST /v1/auth/logout');
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toMatch(/^session=; Max-Age=0; Path=\/; HttpOnly; SameSite=Strict$/);
    expectError(await ask('GET /v1/user/profile'), 'INVALID_TOKEN');
  });

  it('ends with a changed password, unless it is the one that changed it', async () => {
    const { email, ask } = await dashboard();
    const elsewhere = await gateway.ask('POST /v1/auth/login', { body: { email, password, cookie: true } });
    const body = { current_password: password, password: 'another pass phrase' };
    expect((await ask('PUT /v1/user/password', { body })).status).toBe(204);
    expect((await ask('GET /v1/user/profile')).status).toBe(200);
    expectError(await ask('GET /v1/user/profile', {}, secretIn(elsewhere.headers)), 'INVALID_TOKEN');
  });

  it('works on every replica', async () => {
    const { secret } = await dashboard();
    const second = await gateway.startSecond();
    try {
      const headers = { cookie: `session=${secret}` };
      expect((await second.ask('GET /v1/user/profile', { headers })).status).toBe(200);
    } finally {
      await second.stop();
    }
  });

  it.each([
    ['30 days without use', `last_used_at = now() - interval '30 days'`],
    ['90 days with it', `created_at = now() - interval '90 days'`],
  ])('ends after %s', async (_, change) => {
    const { secret } = await dashboard();
    await query(
      `UPDATE sessions SET ${change} WHERE cookie_hash IS NOT NULL AND last_used_at > now() - interval '1 day'`,
    );
    expectError(
      await gateway.ask('GET /v1/user/profile', { headers: { cookie: `session=${secret}` } }),
      'INVALID_TOKEN',
    );
  });

  it('gives way to one of the other mode, when the dashboard changes the mode', async () => {
    const { ask, secret } = await dashboard();
    const changed = await ask('POST /v1/auth/mode', { body: { mode: 'test', cookie: true } });
    expect(Object.keys(changed.body)).toEqual(['user']);
    const next = secretIn(changed.headers)!;
    expect(next).not.toBe(secret);
    expect((await ask('GET /v1/user/profile', {}, next)).body.mode).toBe('test');
    expectError(await ask('GET /v1/user/profile'), 'INVALID_TOKEN');
  });

  it('of a session made from an API key has no more rights than the key', async () => {
    const { token } = await gateway.register();
    const { key } = await gateway.addKey(token, { permissions: ['user:read'] });
    const { headers } = await gateway.ask('POST /v1/auth/login', { body: { api_key: key, cookie: true } });
    const asking = { headers: { cookie: `session=${secretIn(headers)}`, origin: gateway.url } };
    expect((await gateway.ask('GET /v1/user/profile', asking)).status).toBe(200);
    expectError(await gateway.ask('GET /v1/auth/sessions', asking), 'INSUFFICIENT_PERMISSIONS');
    expectError(
      await gateway.ask('PUT /v1/user/profile', { ...asking, body: { name: 'x' } }),
      'INSUFFICIENT_PERMISSIONS',
    );
  });

  it('has a bucket of its own', async () => {
    const { ask, token } = await dashboard();
    const policyOf = ({ headers }: { headers: Headers }) => headers.get('ratelimit-policy');
    const [byCookie, byToken] = [
      await ask('GET /v1/user/profile'),
      await gateway.ask('GET /v1/user/profile', { token }),
    ];
    expect(policyOf(byCookie)).toContain('q=600;w=720');
    expect(policyOf(byToken)).not.toContain('q=600;w=720');
  });
});
