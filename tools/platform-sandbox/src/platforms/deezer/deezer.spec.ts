import { SandboxClient, withQuery, type App } from '../../../test/sandbox-client';

const redirectUri = 'http://localhost:3999/callback';

let deezer: SandboxClient;
let app: App;
beforeAll(async () => void (deezer = await SandboxClient.start()));
afterAll(() => deezer.close());
beforeEach(async () => void (app = await deezer.register('deezer', { redirect_uris: [redirectUri] })));

const request = (more: Record<string, string> = {}) =>
  withQuery('/deezer/connect/oauth/auth.php', {
    app_id: app.client_id,
    redirect_uri: redirectUri,
    perms: 'basic_access,email',
    state: 's',
    ...more,
  });

const exchange = (code = '', more: Record<string, string> = {}) =>
  deezer.get(
    withQuery('/deezer/connect/oauth/access_token.php', {
      app_id: app.client_id,
      secret: app.client_secret,
      code,
      output: 'json',
      ...more,
    }),
  );

const api = (path: string, query: Record<string, string> = {}) => deezer.get(withQuery(`/deezer/api${path}`, query));

async function connect(perms: string): Promise<{ access_token: string; expires: number }> {
  const { code } = await deezer.consent(request({ perms }));
  return (await exchange(code)).json;
}

describe('authorisation', () => {
  it("leads to a token in Deezer's own words, and to the user", async () => {
    const { code, state } = await deezer.consent(request());
    expect(state).toBe('s');
    const { json } = await exchange(code);
    expect(json).toEqual({ access_token: expect.stringMatching(/^fr/), expires: 3600 });
    const { access_token } = json;
    expect((await api('/user/me', { access_token })).json).toMatchObject({
      name: 'Ada Sandbox',
      email: 'ada@sandbox.example',
    });
  });

  it('says no by error_reason', async () => {
    expect(await deezer.consent(request(), { decision: 'deny' })).toEqual({ error_reason: 'user_denied', state: 's' });
  });

  it('takes any address on the registered domain, and none elsewhere', async () => {
    expect((await deezer.get(request({ redirect_uri: 'http://localhost:1/other' }))).status).toBe(200);
    expect((await deezer.get(request({ redirect_uri: 'http://evil.example/callback' }))).status).toBe(400);
  });

  it('answers a form unless JSON is asked for, and words on a page when something is wrong', async () => {
    const { code } = await deezer.consent(request());
    const form = await exchange(code, { output: '' });
    expect(form.headers.get('content-type')).toContain('text/html');
    expect(Object.fromEntries(new URLSearchParams(form.text))).toEqual({
      access_token: expect.any(String),
      expires: '3600',
    });
    expect(await exchange(code)).toMatchObject({ status: 200, text: 'wrong code' });
    expect((await exchange(code, { secret: 'x' })).text).toBe('wrong secret');
    expect((await exchange(code, { app_id: '1' })).text).toBe('wrong app_id');
  });

  it('gives tokens that never end for offline_access, and others that do', async () => {
    const offline = await connect('basic_access,offline_access');
    expect(offline.expires).toBe(0);
    const online = await connect('basic_access');
    await deezer.advance('3601s');
    expect((await api('/user/me', { access_token: offline.access_token })).json).toHaveProperty('id');
    expect((await api('/user/me', { access_token: online.access_token })).json.error.code).toBe(300);
  });
});

describe('the API', () => {
  it.each([
    [
      '/user/me',
      { error: { type: 'OAuthException', code: 200, message: expect.stringContaining('active access token') } },
    ],
    [
      '/user/me?access_token=x',
      { error: { type: 'OAuthException', code: 300, message: 'Invalid OAuth access token.' } },
    ],
    ['/album/-1', { error: { type: 'DataException', message: 'no data', code: 800 } }],
    ['/genre/-1', { error: { type: 'ParameterException', message: 'Wrong parameter', code: 500 } }],
    ['/episode/-1', { error: { type: 'Exception', message: 'An error has occured' } }],
    ['/episode/1/bookmark?request_method=POST', { error: [], results: true }],
  ])('answers %s with status 200', async (path, body) => {
    expect(await deezer.get(`/deezer/api${path}`)).toMatchObject({ status: 200, json: body });
  });

  it('has an error that is a text', async () => {
    expect(await api('/does-not-exist')).toMatchObject({ status: 404, json: { error: 'Not Found' } });
  });

  it('says in a 200 that a permission is missing', async () => {
    const { access_token } = await connect('basic_access');
    expect((await api('/user/me/history', { access_token })).json.error.code).toBe(200);
  });

  it('says in a 200 that there were more than 50 requests in 5 seconds', async () => {
    const { access_token } = await connect('basic_access');
    const replies = await Promise.all(Array.from({ length: 51 }, () => api('/user/me', { access_token })));
    const refused = replies.filter(({ json }) => json.error?.code === 4);
    expect(refused.map(({ status, json }) => [status, json.error.message])).toEqual([[200, 'Quota limit exceeded']]);
    await deezer.advance('5s');
    expect((await api('/user/me', { access_token })).json).toHaveProperty('id');
  });

  it('is searched without a credential, and forgets the token in its links', async () => {
    const page = (await api('/search', { q: 'the', limit: '10', access_token: 'secret' })).json;
    expect(page.data).toHaveLength(10);
    expect(page.next).not.toContain('secret');
    const next = (await deezer.get(page.next)).json;
    expect(next.data[0].id).not.toBe(page.data[0].id);
    expect((await api(`/track/isrc:${page.data[0].isrc}`)).json.id).toBe(page.data[0].id);
  });
});
