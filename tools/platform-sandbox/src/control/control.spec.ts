import { SandboxClient, startOfTest } from '../../test/sandbox-client';

let sandbox: SandboxClient;
beforeAll(async () => void (sandbox = await SandboxClient.start()));
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control('POST', '/reset', {}));

describe('the clock', () => {
  const now = async () => (await sandbox.control('GET', '/clock')).now;

  it.each([
    ['90s', '2026-11-20T10:01:30.000Z'],
    ['15m', '2026-11-20T10:15:00.000Z'],
    ['2h', '2026-11-20T12:00:00.000Z'],
    ['7d', '2026-11-27T10:00:00.000Z'],
    [0.5, '2026-11-20T10:00:00.500Z'],
  ])('goes forward by %s', async (advance, expected) => {
    expect((await sandbox.control('POST', '/clock', { advance })).now).toBe(expected);
    expect(await now()).toBe(expected);
  });

  it('is set, stopped, and comes back to this machine', async () => {
    await sandbox.control('POST', '/clock', { set: '2030-01-01T00:00:00.000Z', frozen: true });
    expect(await sandbox.control('GET', '/clock')).toMatchObject({ now: '2030-01-01T00:00:00.000Z', is_frozen: true });
    await sandbox.control('POST', '/clock', { advance: '1s', frozen: false });
    expect(await now()).toBe('2030-01-01T00:00:01.000Z');
    await sandbox.control('DELETE', '/clock');
    expect(await now()).toBe(new Date(startOfTest).toISOString());
  });

  it('refuses odd durations', async () => {
    expect((await sandbox.post('/_sandbox/clock', { advance: 'a while' })).status).toBe(400);
  });
});

describe('apps', () => {
  it('are registered with all that was left out as the platform has it', async () => {
    const app = await sandbox.control('POST', '/clients', { platform: 'spotify' });
    expect(app).toMatchObject({ mode: 'dev_2026', is_disabled: false, settings: { access_token_seconds: 3600 } });
  });

  it('are changed setting by setting', async () => {
    const { client_id } = await sandbox.control('POST', '/clients', {
      platform: 'tidal',
      settings: { burst_capacity: 20 },
    });
    const path = `/clients/tidal/${client_id}`;
    const changed = await sandbox.control('PATCH', path, { name: 'New', settings: { rotation: 'always' } });
    expect(changed).toMatchObject({ name: 'New', settings: { burst_capacity: 20, rotation: 'always' } });
    expect(await sandbox.control('GET', path)).toEqual(changed);
    await sandbox.control('DELETE', path);
    expect((await sandbox.get(`/_sandbox${path}`)).status).toBe(404);
  });

  it.each([
    ['an unknown platform', { platform: 'napster' }],
    ['an unknown mode', { platform: 'spotify', mode: 'dev_1999' }],
    ['an unknown setting', { platform: 'spotify', settings: { colour: 'red' } }],
    ['an unknown field', { platform: 'spotify', colour: 'red' }],
  ])('are not registered with %s', async (_, body) => {
    expect((await sandbox.post('/_sandbox/clients', body)).status).toBe(400);
  });

  it('come with every platform, with the redirect URIs of whoever seeds', async () => {
    const redirect_uris = ['http://127.0.0.1:8123/v1/oauth/{platform}/callback'];
    const { clients } = await sandbox.control('POST', '/seed', { redirect_uris });
    const platforms = new Set(clients.map(({ platform }: { platform: string }) => platform));
    expect([...platforms].sort()).toEqual([
      'acrcloud',
      'amazon_music',
      'apple_music',
      'deezer',
      'spotify',
      'tidal',
      'youtube_music',
    ]);
    for (const client of clients) {
      expect(client.redirect_uris).toContain(`http://127.0.0.1:8123/v1/oauth/${client.platform}/callback`);
    }
  });
});

describe('people', () => {
  it('are made and changed account by account', async () => {
    await sandbox.control('POST', '/users', { id: 'dora', country: 'JP' });
    await sandbox.control('PATCH', '/users/dora', { accounts: { spotify: { product: 'free' } } });
    const dora = await sandbox.control('PATCH', '/users/dora', { accounts: { spotify: { lag_seconds: 60 } } });
    expect(dora).toMatchObject({ country: 'JP', accounts: { spotify: { product: 'free', lag_seconds: 60 } } });
    expect((await sandbox.post('/_sandbox/users', { accounts: { spotify: { product: 'gold' } } })).status).toBe(400);
  });
});

describe('consent without a browser', () => {
  it('answers where the browser would go, or the page that stands in the way', async () => {
    const app = await sandbox.register('deezer', { redirect_uris: ['http://localhost/cb'] });
    const ask = (redirectUri: string, more: object = {}) =>
      sandbox.control('POST', '/consents', {
        authorize_url: `${sandbox.url}/deezer/connect/oauth/auth.php?app_id=${app.client_id}&redirect_uri=${redirectUri}&state=s`,
        ...more,
      });
    expect((await ask('http://localhost/cb')).redirect).toMatch(/^http:\/\/localhost\/cb\?code=fr\w+&state=s$/);
    expect((await ask('http://localhost/cb', { decision: 'deny' })).redirect).toContain('error_reason=user_denied');
    expect(await ask('http://evil.example/')).toMatchObject({ redirect: null, status: 400, page: expect.any(String) });
  });

  it('mints tokens to import, expires and revokes them', async () => {
    const { client_id } = await sandbox.register('spotify');
    const whose = { platform: 'spotify', client: client_id, user: 'ben' };
    const { access_token, expires_at } = await sandbox.control('POST', '/tokens', {
      ...whose,
      scopes: ['user-top-read'],
    });
    expect(expires_at).toBe('2026-11-20T11:00:00.000Z');
    const me = () => sandbox.get('/spotify/api/v1/me', { authorization: `Bearer ${access_token}` });
    expect((await me()).status).toBe(200);
    expect((await sandbox.control('POST', '/tokens/expire', whose)).expired).toBe(1);
    expect((await me()).status).toBe(401);
    expect((await sandbox.control('POST', '/grants/revoke', whose)).revoked).toBe(1);
  });
});

describe('the control API', () => {
  it('lists its calls, the platforms and all failures', async () => {
    expect((await sandbox.control('GET', '')).calls).toContain('POST /_sandbox/faults');
    expect((await sandbox.control('GET', '/platforms')).platforms).toHaveLength(7);
    const { common, platforms } = await sandbox.control('GET', '/failures');
    expect(common).toHaveProperty('cut');
    for (const { failures } of platforms) {
      const names = failures.map(({ name }: { name: string }) => name);
      expect(names).toEqual(expect.arrayContaining(['rate_limited', 'server_error']));
    }
  });

  it('empties the world, and fills it again', async () => {
    await sandbox.control('POST', '/reset', { seed: false });
    expect((await sandbox.control('GET', '/clients')).clients).toEqual([]);
    await sandbox.control('POST', '/reset', {});
    expect((await sandbox.control('GET', '/users')).users).toHaveLength(3);
  });

  it('is ready, and knows what it does not know', async () => {
    expect((await sandbox.get('/health/ready')).status).toBe(200);
    expect((await sandbox.get('/_sandbox/nothing')).status).toBe(404);
    expect((await sandbox.get('/napster/api/v1')).status).toBe(404);
    expect((await sandbox.get('/spotify/constructor/v1')).status).toBe(404);
    expect((await sandbox.post('/_sandbox/faults', { failure: 'toString' })).status).toBe(400);
  });
});
