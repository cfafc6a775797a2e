import { callback, pkce, SandboxClient, withQuery, type App } from '../../../test/sandbox-client';

const readonlyScope = 'https://www.googleapis.com/auth/youtube.readonly';
const uploadScope = 'https://www.googleapis.com/auth/youtube.upload';

let google: SandboxClient;
let app: App;
beforeAll(async () => void (google = await SandboxClient.start()));
afterAll(() => google.close());
beforeEach(async () => void (app = await google.register('youtube_music')));

const request = (more: Record<string, string> = {}) =>
  withQuery('/youtube_music/accounts/o/oauth2/v2/auth', {
    client_id: app.client_id,
    redirect_uri: callback,
    response_type: 'code',
    scope: readonlyScope,
    state: 's',
    access_type: 'offline',
    prompt: 'consent',
    ...more,
  });

const token = (fields: Record<string, string>) =>
  google.form('/youtube_music/oauth/token', {
    client_id: app.client_id,
    client_secret: app.client_secret,
    ...fields,
  });

const exchange = (code = '', more: Record<string, string> = {}) =>
  token({ grant_type: 'authorization_code', code, redirect_uri: callback, ...more });

const refresh = (refreshToken: string) => token({ grant_type: 'refresh_token', refresh_token: refreshToken });

async function connect(more: Record<string, string> = {}) {
  const { code } = await google.consent(request(more));
  return (await exchange(code)).json;
}

const channels = (accessToken: string) =>
  google.get('/youtube_music/api/youtube/v3/channels?part=id&mine=true', { authorization: `Bearer ${accessToken}` });

/** A key of a project with these settings. */
async function keyOf(settings: object = {}, key: object = {}) {
  const value = `AIza${Math.random().toString(36).slice(2)}`;
  await google.register('youtube_music', { settings: { ...settings, api_keys: [{ key: value, ...key }] } });
  return (method: string, query: Record<string, string> = {}) =>
    google.get(withQuery(`/youtube_music/api/youtube/v3/${method}`, { part: 'snippet', key: value, ...query }));
}

describe('authorisation', () => {
  it('leads to tokens and to the channel, and says who it comes from', async () => {
    const { verifier, challenge } = pkce();
    const { code, ...back } = await google.consent(
      request({ code_challenge: challenge, code_challenge_method: 'S256' }),
    );
    expect(back).toEqual({ state: 's', scope: readonlyScope, iss: 'https://accounts.google.com' });
    const { json } = await exchange(code, { code_verifier: verifier });
    expect(json).toEqual({
      access_token: expect.stringMatching(/^ya29\./),
      expires_in: 3599,
      scope: readonlyScope,
      token_type: 'Bearer',
      refresh_token: expect.stringMatching(/^1\/\//),
    });
    expect((await channels(json.access_token)).json).toMatchObject({ pageInfo: { totalResults: 1 } });
  });

  it('gives a refresh token only offline, and again only with consent', async () => {
    expect(await connect({ access_type: 'online' })).not.toHaveProperty('refresh_token');
    app = await google.register('youtube_music');
    expect(await connect({ prompt: '' })).toHaveProperty('refresh_token');
    expect(await connect({ prompt: '' })).not.toHaveProperty('refresh_token');
    expect(await connect()).toHaveProperty('refresh_token');
  });

  it('lets the user untick scopes', async () => {
    const url = request({ scope: `${readonlyScope} ${uploadScope}` });
    const { code, scope } = await google.consent(url, { scopes: [uploadScope] });
    expect(scope).toBe(uploadScope);
    const { access_token } = (await exchange(code)).json;
    expect((await channels(access_token)).json.error.errors[0].reason).toBe('insufficientPermissions');
  });

  it.each([
    ['redirect_uri_mismatch', { redirect_uri: `${callback}/` }],
    ['invalid_client', { client_id: 'nobody' }],
    ['invalid_request', { scope: '' }],
    ['invalid_scope', { scope: 'everything' }],
  ])('keeps %s on its own page', async (error, wrong) => {
    const { status, text } = await google.get(request(wrong));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).toContain(error);
  });

  it('lets only testers in while the app is being tested, for seven days', async () => {
    app = await google.register('youtube_music', { mode: 'testing', users: ['ben'] });
    await expect(google.consent(request(), { user: 'ada' })).rejects.toThrow('access_denied');
    const { code } = await google.consent(request(), { user: 'ben' });
    const { refresh_token, refresh_token_expires_in } = (await exchange(code)).json;
    expect(refresh_token_expires_in).toBe(604_799);
    expect((await refresh(refresh_token)).status).toBe(200);
    await google.advance('7d');
    expect((await refresh(refresh_token)).json.error_description).toBe('Token has been expired or revoked.');
  });

  it('tells the app of a refusal', async () => {
    expect(await google.consent(request(), { decision: 'deny' })).toEqual({ error: 'access_denied', state: 's' });
  });
});

describe('the token endpoint', () => {
  it('tells codes that are none from codes that are used', async () => {
    expect((await exchange('nonsense')).json.error_description).toBe('Malformed auth code.');
    const { code } = await google.consent(request());
    await exchange(code);
    expect((await exchange(code)).json.error_description).toBe('Bad Request');
  });

  it('verifies PKCE', async () => {
    const url = request({ code_challenge: pkce().challenge, code_challenge_method: 'S256' });
    const { code } = await google.consent(url);
    const { json } = await exchange(code, { code_verifier: pkce().verifier });
    expect(json.error_description).toBe('Invalid code verifier.');
  });

  it('answers 401 to a wrong client, 400 to a wrong address', async () => {
    const wrong = await token({ grant_type: 'refresh_token', refresh_token: 'x', client_secret: 'wrong' });
    expect([wrong.status, wrong.json.error]).toEqual([401, 'invalid_client']);
    const { code } = await google.consent(request());
    const elsewhere = await exchange(code, { redirect_uri: 'https://x.example' });
    expect([elsewhere.status, elsewhere.json.error]).toEqual([400, 'redirect_uri_mismatch']);
  });

  it('never rotates, and keeps at most 100 refresh tokens alive', async () => {
    const { refresh_token: first } = await connect();
    expect((await refresh(first)).json).not.toHaveProperty('refresh_token');
    for (let count = 0; count < 100; count += 1) {
      await google.control('POST', '/tokens', { platform: 'youtube_music', client: app.client_id, user: 'ada' });
    }
    expect((await refresh(first)).status).toBe(400);
  });

  it('forgets refresh tokens that were not used for six months', async () => {
    const { refresh_token } = await connect();
    await google.advance('190d');
    expect((await refresh(refresh_token)).json.error).toBe('invalid_grant');
    await google.control('DELETE', '/clock');
  });

  it('takes the whole consent back with any of its tokens', async () => {
    const { access_token, refresh_token } = await connect();
    expect((await google.form('/youtube_music/oauth/revoke', { token: access_token })).status).toBe(200);
    expect((await refresh(refresh_token)).json.error).toBe('invalid_grant');
    expect((await google.form('/youtube_music/oauth/revoke', { token: access_token })).json.error).toBe(
      'invalid_token',
    );
  });

  it('tells whose a token is', async () => {
    const { access_token } = await connect();
    const { json } = await google.get(withQuery('/youtube_music/oauth/tokeninfo', { access_token }));
    expect(json).toMatchObject({ aud: app.client_id, scope: readonlyScope, expires_in: '3599' });
  });
});

describe('the Data API', () => {
  it('answers a key with as much as was asked for', async () => {
    const get = await keyOf();
    const { json } = await get('i18nRegions', { fields: 'items(id)' });
    expect(json.items[0]).toEqual({ id: 'DE' });
    expect(Object.keys(json)).toEqual(['items']);
  });

  it.each([
    [{ is_expired: true }, 400, 'API_KEY_INVALID'],
    [{ restriction: 'service' }, 403, 'API_KEY_SERVICE_BLOCKED'],
    [{ restriction: 'referrer' }, 403, 'API_KEY_HTTP_REFERRER_BLOCKED'],
    [{ restriction: 'ip' }, 403, 'API_KEY_IP_ADDRESS_BLOCKED'],
  ])('refuses a key that is %j', async (key, status, reason) => {
    const get = await keyOf({}, key);
    const reply = await get('i18nRegions');
    expect([reply.status, reply.json.error.details[0].reason]).toEqual([status, reason]);
  });

  it('refuses unknown keys, no keys, and projects without the API', async () => {
    const unknown = await google.get('/youtube_music/api/youtube/v3/i18nRegions?part=snippet&key=AIzaNo');
    expect([unknown.status, unknown.json.error.details[0].reason]).toEqual([400, 'API_KEY_INVALID']);
    const none = await google.get('/youtube_music/api/youtube/v3/i18nRegions?part=snippet');
    expect([none.status, none.json.error.message]).toEqual([403, 'The request is missing a valid API key.']);
    const off = await (await keyOf({ is_api_enabled: false }))('i18nRegions');
    expect(off.json.error.errors[0].reason).toBe('accessNotConfigured');
  });

  it('counts units and searches apart, until midnight in California', async () => {
    const get = await keyOf({ units_per_day: 1, searches_per_day: 1 });
    expect((await get('i18nRegions')).status).toBe(200);
    expect((await get('search', { q: 'music' })).status).toBe(200);
    const units = await get('i18nRegions');
    expect([units.status, units.json.error.errors[0].domain]).toEqual([403, 'youtube.quota']);
    expect(units.json.error.message).toContain('<a href=');
    expect((await get('search', { q: 'music' })).status).toBe(429);
    await google.control('POST', '/clock', { set: '2026-11-21T07:59:00.000Z' });
    expect((await get('i18nRegions')).status).toBe(403);
    await google.control('POST', '/clock', { set: '2026-11-21T08:00:00.000Z' });
    expect((await get('i18nRegions')).status).toBe(200);
    await google.control('DELETE', '/clock');
  });

  it('has people without a channel, in two ways', async () => {
    const { access_token } = await connect();
    const account = (channel: string) =>
      google.control('PATCH', '/users/ada', { accounts: { youtube_music: { channel } } });
    await account('none');
    expect((await channels(access_token)).json).not.toHaveProperty('items');
    await account('signup_required');
    expect((await channels(access_token)).json.error.errors[0].reason).toBe('youtubeSignupRequired');
    await account('yes');
  });

  it('refuses access tokens that have ended', async () => {
    const { access_token } = await connect();
    await google.advance('3600s');
    const { status, json } = await channels(access_token);
    expect([status, json.error.status, json.error.errors[0].reason]).toEqual([401, 'UNAUTHENTICATED', 'authError']);
  });

  it('pages through a search', async () => {
    const get = await keyOf();
    const first = (await get('search', { q: 'music', maxResults: '50' })).json;
    const second = (await get('search', { q: 'music', maxResults: '50', pageToken: first.nextPageToken })).json;
    expect(second.items[0].id.videoId).not.toBe(first.items[0].id.videoId);
    const videos = (await get('videos', { id: first.items[0].id.videoId, part: 'contentDetails' })).json;
    expect(videos.items[0].contentDetails.duration).toMatch(/^PT\d+S$/);
    expect((await get('search', { pageToken: 'odd' })).status).toBe(400);
  });
});
