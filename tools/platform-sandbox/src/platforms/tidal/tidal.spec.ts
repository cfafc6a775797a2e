import { basic, callback, pkce, SandboxClient, withQuery, type App } from '../../../test/sandbox-client';

let tidal: SandboxClient;
let app: App;
beforeAll(async () => void (tidal = await SandboxClient.start()));
afterAll(() => tidal.close());
beforeEach(async () => void (app = await tidal.register('tidal')));

const keys = pkce();
const request = (more: Record<string, string> = {}) =>
  withQuery('/tidal/login/authorize', {
    response_type: 'code',
    client_id: app.client_id,
    redirect_uri: callback,
    scope: 'user.read search.read',
    code_challenge: keys.challenge,
    code_challenge_method: 'S256',
    state: 's',
    ...more,
  });

const token = (fields: Record<string, string>, headers = {}) =>
  tidal.form('/tidal/auth/v1/oauth2/token', fields, headers);

const exchange = (code = '', more: Record<string, string> = {}) =>
  token({
    grant_type: 'authorization_code',
    ...app,
    code,
    redirect_uri: callback,
    code_verifier: keys.verifier,
    ...more,
  });

async function connect(scope = 'user.read search.read') {
  const { code } = await tidal.consent(request({ scope }));
  return (await exchange(code)).json;
}

const appToken = async () => (await token({ grant_type: 'client_credentials', ...app })).json.access_token as string;

const api = (path: string, accessToken: string, query: Record<string, string> = {}, headers = {}) =>
  tidal.get(withQuery(`/tidal/api/v2${path}`, query), { authorization: `Bearer ${accessToken}`, ...headers });

describe('authorisation', () => {
  it('leads to tokens, and to the user', async () => {
    const json = await connect();
    expect(json).toMatchObject({
      token_type: 'Bearer',
      expires_in: 86_400,
      scope: 'user.read search.read',
      user_id: expect.any(Number),
    });
    expect(json.access_token.length).toBeGreaterThan(255);
    const me = await api('/users/me', json.access_token);
    expect(me.headers.get('content-type')).toBe('application/vnd.api+json');
    expect(me.json.data).toMatchObject({ type: 'users', id: String(json.user_id), attributes: { country: 'US' } });
  });

  it('wants PKCE', async () => {
    const { headers } = await tidal.get(request({ code_challenge: '' }));
    expect(headers.get('location')).toContain('error=invalid_request');
    const { code } = await tidal.consent(request());
    expect((await exchange(code, { code_verifier: pkce().verifier })).json).toMatchObject({
      error: 'invalid_grant',
      status: 400,
    });
  });

  it("breaks its page for Tidal's own scopes", async () => {
    expect((await tidal.get(request({ scope: 'r_usr' }))).status).toBe(400);
  });

  it('takes the client in the body and in the header', async () => {
    const inHeader = await token({ grant_type: 'client_credentials' }, basic(app));
    expect(inHeader.json).toMatchObject({ scope: '', expires_in: 86_400 });
    expect(inHeader.json).not.toHaveProperty('refresh_token');
    expect((await token({ grant_type: 'client_credentials', ...app })).status).toBe(200);
    const wrong = await token({ grant_type: 'client_credentials', ...app, client_secret: 'x' });
    expect([wrong.status, wrong.json]).toEqual([
      401,
      expect.objectContaining({ error: 'invalid_client', sub_status: 1005 }),
    ]);
  });

  it('keeps the refresh token, or rotates it when told so', async () => {
    const { refresh_token } = await connect();
    const refresh = (value: string) => token({ grant_type: 'refresh_token', ...app, refresh_token: value });
    expect((await refresh(refresh_token)).json).not.toHaveProperty('refresh_token');
    await tidal.control('PATCH', `/clients/tidal/${app.client_id}`, { settings: { rotation: 'always' } });
    const { refresh_token: next } = (await refresh(refresh_token)).json;
    expect((await refresh(refresh_token)).json).toMatchObject({ error: 'invalid_grant', sub_status: 11_101 });
    expect((await refresh(next)).status).toBe(200);
  });
});

describe('the API', () => {
  it('has three shapes of errors', async () => {
    expect((await tidal.get('/tidal/api/v2/users/me')).json.errors[0].code).toBe('UNAUTHORIZED');
    expect((await api('/users/me', 'nonsense')).json).toMatchObject({ status: 401, subStatus: 11_002 });
    const { access_token } = await connect();
    await tidal.advance('25h');
    expect((await api('/users/me', access_token)).json.subStatus).toBe(11_003);
    await tidal.control('PATCH', `/clients/tidal/${app.client_id}`, { settings: { unauthorized: 'json_api' } });
    expect((await api('/users/me', access_token)).json.errors[0].detail).toBe('Expired token');
  });

  it('names the scope that is missing', async () => {
    const { access_token } = await connect('search.read');
    const { status, json } = await api('/users/me', access_token);
    expect([status, json.subStatus]).toEqual([403, 11_004]);
    expect(json.userMessage).toContain('Required scopes: user.read Actual scopes: search.read');
  });

  it('searches: ids in the relationship, objects in what is included, more by a cursor', async () => {
    const accessToken = await appToken();
    const { json } = await api('/searchResults', accessToken, {
      'filter[query]': 'music',
      countryCode: 'US',
      include: 'tracks,tracks.artists',
    });
    expect(json.data).toHaveLength(1);
    const { tracks } = json.data[0].relationships;
    expect(json.included.map(({ type }: { type: string }) => type)).toEqual(
      expect.arrayContaining(['tracks', 'artists']),
    );
    expect(json.included[0].relationships).toHaveProperty('artists');
    const more = await tidal.get(`/tidal/api/v2${tracks.links.next}`, { authorization: `Bearer ${accessToken}` });
    expect(more.json.data[0].id).not.toBe(tracks.data[0].id);
    expect((await api('/searchResults', accessToken, { 'filter[query]': 'x', include: 'moods' })).status).toBe(400);
    expect((await api('/searchResults', accessToken)).status).toBe(400);
  });

  it('answers the old search address only when told so', async () => {
    const accessToken = await appToken();
    expect((await api('/searchResults/rain', accessToken)).status).toBe(404);
    await tidal.control('PATCH', `/clients/tidal/${app.client_id}`, { settings: { has_old_search_path: true } });
    expect((await api('/searchResults/rain', accessToken)).status).toBe(200);
  });

  it('does not sell everything everywhere', async () => {
    const accessToken = await appToken();
    const isrc = { 'filter[isrc]': 'ZZSBX2600019' };
    expect((await api('/tracks', accessToken, { ...isrc, countryCode: 'US' })).json.data).toHaveLength(1);
    expect((await api('/tracks', accessToken, { ...isrc, countryCode: 'JP' })).json.data).toHaveLength(0);
  });

  it('keeps genres to itself, and wants to be asked for JSON:API', async () => {
    const accessToken = await appToken();
    expect((await api('/genres', accessToken)).status).toBe(403);
    expect(
      (await api('/artists', accessToken, { 'filter[id]': '5000000' }, { accept: 'application/json' })).status,
    ).toBe(406);
  });

  it('tells how full its bucket is, and when it is empty', async () => {
    app = await tidal.register('tidal', { settings: { burst_capacity: 10, replenish_per_second: 1 } });
    const accessToken = await appToken();
    const replies = [];
    for (let count = 0; count < 3; count += 1)
      replies.push(await api('/artists', accessToken, { 'filter[id]': '5000000' }));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(replies[0]?.headers.get('x-ratelimit-remaining')).toBe('5');
    expect(replies[2]?.headers.get('retry-after')).toBe('5');
    await tidal.advance('5s');
    expect((await api('/artists', accessToken, { 'filter[id]': '5000000' })).status).toBe(200);
  });
});
