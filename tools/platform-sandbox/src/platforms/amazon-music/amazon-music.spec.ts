import { basic, callback, pkce, SandboxClient, withQuery, type App } from '../../../test/sandbox-client';

const profileId = 'amzn1.application.0123456789abcdef0123456789abcdef';
const scope = 'profile music::catalog music::profile:read';

let amazon: SandboxClient;
let app: App;
beforeAll(async () => void (amazon = await SandboxClient.start()));
afterAll(() => amazon.close());
beforeEach(async () => void (app = await register()));

const register = (facts: object = {}, settings: object = {}) =>
  amazon.register('amazon_music', { ...facts, settings: { security_profile_id: profileId, ...settings } });

const request = (more: Record<string, string> = {}) =>
  withQuery('/amazon_music/www/ap/oa', {
    client_id: app.client_id,
    scope,
    response_type: 'code',
    redirect_uri: callback,
    state: 's',
    ...more,
  });

const token = (fields: Record<string, string>, headers = {}, host = 'login') =>
  amazon.form(`/amazon_music/${host}/auth/o2/token`, fields, headers);

const exchange = (code = '', more: Record<string, string> = {}) =>
  token({ grant_type: 'authorization_code', code, redirect_uri: callback, ...more }, basic(app));

async function connect(user = 'ada', scopes = scope) {
  const { code } = await amazon.consent(request({ scope: scopes }), { user });
  return (await exchange(code)).json;
}

const tokenInfo = (accessToken: string) =>
  amazon.get(withQuery('/amazon_music/login/auth/o2/tokeninfo', { access_token: accessToken }));

const v2 = (accessToken: string, headers: Record<string, string> = { 'x-amzn-device-id': 'd' }) =>
  amazon.get('/amazon_music/music/v2/me', { authorization: `Bearer ${accessToken}`, ...headers });

const v1 = (accessToken: string, headers: Record<string, string> = { 'x-api-key': profileId }) =>
  amazon.get('/amazon_music/music_v1/v1/me', { authorization: `Bearer ${accessToken}`, ...headers });

describe('Login with Amazon', () => {
  it('leads to tokens, to whose they are, and to both music APIs', async () => {
    const json = await connect();
    expect(json).toEqual({
      access_token: expect.stringMatching(/^Atza\|/),
      token_type: 'bearer',
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^Atzr\|/),
    });
    expect(json.access_token.length).toBeGreaterThan(350);
    expect((await tokenInfo(json.access_token)).json).toMatchObject({
      aud: app.client_id,
      app_id: profileId,
      exp: 3600,
    });
    expect((await v2(json.access_token)).json).toMatchObject({ _type: 'User', name: 'Ada Sandbox' });
    expect((await v1(json.access_token)).json.data.user).toMatchObject({ name: 'Ada Sandbox' });
  });

  it('gives no refresh token to a client that shows no secret', async () => {
    const { verifier, challenge } = pkce();
    const { code = '' } = await amazon.consent(request({ code_challenge: challenge, code_challenge_method: 'S256' }));
    const fields = { grant_type: 'authorization_code', code, redirect_uri: callback, client_id: app.client_id };
    const { status, json } = await token({ ...fields, code_verifier: verifier });
    expect(status).toBe(200);
    expect(json).not.toHaveProperty('refresh_token');
  });

  it('takes a plain challenge when no method is named', async () => {
    const { verifier } = pkce();
    const { code } = await amazon.consent(request({ code_challenge: verifier }));
    expect((await exchange(code, { code_verifier: verifier })).status).toBe(200);
  });

  it('sends music scopes back that the profile does not have', async () => {
    app = await register({ mode: 'not_enabled' });
    const { headers } = await amazon.get(request());
    expect(headers.get('location')).toContain('error=invalid_scope');
    expect((await amazon.get(request({ scope: 'profile' }))).status).toBe(200);
  });

  it('keeps wrong addresses on its own page', async () => {
    expect((await amazon.get(request({ redirect_uri: 'https://evil.example' }))).text).toContain(
      'not been whitelisted',
    );
  });

  it('answers errors with an index and a request id', async () => {
    const dead = await token({ grant_type: 'refresh_token', refresh_token: 'Atzr|x' }, basic(app));
    expect([dead.status, dead.json]).toEqual([
      400,
      {
        error: 'invalid_grant',
        error_description: 'The request has an invalid grant parameter : refresh_token',
        error_index: expect.any(String),
        request_id: expect.any(String),
      },
    ]);
    const wrong = await token(
      { grant_type: 'refresh_token', refresh_token: 'x' },
      basic({ ...app, client_secret: 'x' }),
    );
    expect([wrong.status, wrong.json.error_description]).toEqual([401, 'Client authentication failed']);
    const nothing = await token({ grant_type: 'refresh_token' }, basic(app));
    expect(nothing.json.error_description).toBe('The request is missing a required parameter : refresh_token');
  });

  it('has three token hosts, which know their own tokens only when told so', async () => {
    app = await register({}, { region: 'EU' });
    const { code = '' } = await amazon.consent(request());
    const fields = { grant_type: 'authorization_code', code, redirect_uri: callback };
    expect((await token(fields, basic(app))).status).toBe(400);
    expect((await token(fields, basic(app), 'api.amazon.co.uk')).status).toBe(200);
  });

  it('shows the profile to a token in any of three places', async () => {
    const { access_token } = await connect();
    const places = await Promise.all([
      amazon.get('/amazon_music/login/user/profile', { authorization: `Bearer ${access_token}` }),
      amazon.get('/amazon_music/login/user/profile', { 'x-amz-access-token': access_token }),
      amazon.get(withQuery('/amazon_music/login/user/profile', { access_token })),
    ]);
    for (const { json } of places) expect(json).toMatchObject({ email: 'ada@sandbox.example' });
  });

  it('refuses ended tokens', async () => {
    const { access_token } = await connect();
    await amazon.advance('3601s');
    expect(await tokenInfo(access_token)).toMatchObject({ status: 400, json: { error: 'invalid_token' } });
    expect((await v1(access_token)).json.error).toMatchObject({ status: '401', code: 'INVALID_ACCESS_TOKEN' });
    expect((await v2(access_token)).json.error.code).toBe('UNAUTHORIZED');
  });
});

describe('the music APIs', () => {
  it('refuse whoever Amazon has not let in, though the login is good', async () => {
    app = await register({ mode: 'calls_refused' });
    const { access_token } = await connect();
    expect((await tokenInfo(access_token)).status).toBe(200);
    expect(await v2(access_token)).toMatchObject({ status: 403, json: { error: { code: 'FORBIDDEN' } } });
    expect(await v1(access_token)).toMatchObject({ status: 403, json: { error: { status: '403' } } });
  });

  it('want a device id in V2 and the profile in V1, or both where told so', async () => {
    const { access_token } = await connect();
    expect((await v2(access_token, {})).json.error.code).toBe('MISSING_DEVICE_ID');
    expect((await v1(access_token, {})).json.error.code).toBe('NO_X_API_KEY');
    expect((await v1(access_token, { 'x-api-key': 'x' })).json.error.code).toBe('INVALID_CLIENT_ID');
    await amazon.control('PATCH', `/clients/amazon_music/${app.client_id}`, { settings: { v2_wants: 'both' } });
    expect((await v2(access_token)).status).toBe(401);
    expect((await v2(access_token, { 'x-amzn-device-id': 'd', 'x-api-key': profileId })).status).toBe(200);
  });

  it.each([
    ['none', 'AUTH_NO_MUSIC_ACCOUNT_FOUND'],
    ['denied_tier', 'DENIED_SUBSCRIPTION_TIER'],
    ['denied_territory', 'FORBIDDEN'],
  ])('refuse an account that is %s', async (music, code) => {
    await amazon.control('PATCH', '/users/cleo', { accounts: { amazon_music: { music } } });
    const { access_token } = await connect('cleo');
    expect(await v1(access_token)).toMatchObject({ status: 403, json: { error: { code } } });
  });

  it('read the authorization header closely in V1', async () => {
    const ask = async (authorization: string) =>
      (await amazon.get('/amazon_music/music_v1/v1/me', { authorization })).json.error.code;
    expect(await ask('Basic x')).toBe('INVALID_AUTH_TYPE');
    expect(await ask('Bearer')).toBe('INVALID_AUTH_TOKEN');
  });

  it('find tracks by ISRC', async () => {
    const { access_token } = await connect();
    const headers = { authorization: `Bearer ${access_token}`, 'x-api-key': profileId };
    const body = { searchFilters: [{ field: 'isrc', query: 'ZZSBX2600003' }] };
    const found = await amazon.post('/amazon_music/music_v1/v1/search/tracks', body, headers);
    const [track] = found.json.data.searchTracks.edges;
    expect(track.isrc).toBe('ZZSBX2600003');
    const read = await amazon.get(`/amazon_music/music_v1/v1/tracks/${track.id}`, headers);
    expect(read.json.data.track).toEqual(track);
  });
});
