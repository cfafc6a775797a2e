import { basic, callback, pkce, SandboxClient, withQuery, type App } from '../../../test/sandbox-client';

const authorize = '/spotify/accounts/authorize';
const token = '/spotify/accounts/api/token';

let spotify: SandboxClient;
let app: App;
beforeAll(async () => void (spotify = await SandboxClient.start()));
afterAll(() => spotify.close());
beforeEach(async () => void (app = await spotify.register('spotify')));

const request = (more: Record<string, string> = {}) =>
  withQuery(authorize, {
    client_id: app.client_id,
    response_type: 'code',
    redirect_uri: callback,
    scope: 'user-top-read user-read-private',
    state: 'st/ate',
    show_dialog: 'true',
    ...more,
  });

const exchange = (code: string, more: Record<string, string> = {}) =>
  spotify.form(token, { grant_type: 'authorization_code', code, redirect_uri: callback, ...more }, basic(app));

const refresh = (refreshToken: string) =>
  spotify.form(token, { grant_type: 'refresh_token', refresh_token: refreshToken }, basic(app));

async function connect() {
  const { code = '' } = await spotify.consent(request());
  return (await exchange(code)).json;
}

describe('authorisation', () => {
  it('leads from the consent page over the callback to tokens, and from them to the profile', async () => {
    const { verifier, challenge } = pkce();
    const asked = request({ code_challenge: challenge, code_challenge_method: 'S256' });
    const { code = '', state } = await spotify.consent(asked);
    expect(state).toBe('st/ate');
    const { status, json } = await exchange(code, { code_verifier: verifier });
    expect(status).toBe(200);
    expect(json).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'user-top-read user-read-private',
      refresh_token: expect.any(String),
    });
    const me = await spotify.get('/spotify/api/v1/me', { authorization: `Bearer ${json.access_token}` });
    expect(me.json).toMatchObject({ display_name: 'Ada Sandbox', type: 'user', account_id: expect.any(String) });
  });

  it('shows a page that works without scripts, with every account to choose from', async () => {
    const { text, headers } = await spotify.get(request());
    expect(headers.get('content-type')).toContain('text/html');
    expect(text).toContain('<button name="decision" value="approve">');
    expect(text).not.toContain('<script');
    for (const user of ['ada', 'ben', 'cleo']) expect(text).toContain(`value="${user}"`);
  });

  it('tells the app when the user refuses', async () => {
    expect(await spotify.consent(request(), { decision: 'deny' })).toEqual({ error: 'access_denied', state: 'st/ate' });
  });

  it.each([
    ['an unknown client', { client_id: 'nobody' }, 'INVALID_CLIENT: Invalid client'],
    [
      'an address that is not registered',
      { redirect_uri: 'https://evil.example/cb' },
      'INVALID_CLIENT: Invalid redirect URI',
    ],
    ['an address with one more slash', { redirect_uri: `${callback}/` }, 'INVALID_CLIENT: Invalid redirect URI'],
    ['localhost', { redirect_uri: 'http://localhost:3999/callback' }, 'INVALID_CLIENT: Insecure redirect URI'],
    ['plain http', { redirect_uri: 'http://app.example/cb' }, 'INVALID_CLIENT: Insecure redirect URI'],
    ['another response type', { response_type: 'token' }, 'response_type must be code'],
  ])('stays on its own page for %s', async (_, wrong, message) => {
    const { status, text, headers } = await spotify.get(request(wrong));
    expect(status).toBe(400);
    expect(text).toContain(message);
    expect(headers.get('location')).toBeNull();
  });

  it('takes any port of a loopback address that was registered without one', async () => {
    app = await spotify.register('spotify', { redirect_uris: ['http://127.0.0.1/callback'] });
    expect((await spotify.get(request({ redirect_uri: 'http://127.0.0.1:51234/callback' }))).status).toBe(200);
  });

  it('sends unknown scopes back to the app', async () => {
    const { headers } = await spotify.get(request({ scope: 'read-minds' }));
    expect(headers.get('location')).toContain('error=invalid_scope');
  });

  it('does not ask again whoever has consented, unless the app wants it', async () => {
    const { challenge } = pkce();
    const url = request({ code_challenge: challenge, code_challenge_method: 'S256', show_dialog: 'false' });
    const form = new URLSearchParams({ user: 'ada', decision: 'approve' });
    const sent = await spotify.ask(url, { method: 'POST', body: form });
    const cookie = sent.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await spotify.get(url, { cookie })).status).toBe(303);
    expect((await spotify.get(request(), { cookie })).status).toBe(200);
  });
});

describe('the token endpoint', () => {
  it('takes a code once', async () => {
    const { code = '' } = await spotify.consent(request());
    await exchange(code);
    const again = await exchange(code);
    expect([again.status, again.json]).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'Invalid authorization code' },
    ]);
  });

  it('lets codes expire', async () => {
    const { code = '' } = await spotify.consent(request());
    await spotify.advance('601s');
    expect((await exchange(code)).json.error_description).toBe('Authorization code expired');
  });

  it('refuses a code of another client', async () => {
    const { code = '' } = await spotify.consent(request());
    app = await spotify.register('spotify');
    expect((await exchange(code)).json.error).toBe('invalid_grant');
  });

  it('verifies PKCE', async () => {
    const url = request({ code_challenge: pkce().challenge, code_challenge_method: 'S256' });
    const { code = '' } = await spotify.consent(url);
    expect((await exchange(code, { code_verifier: pkce().verifier })).json).toEqual({
      error: 'invalid_grant',
      error_description: 'code_verifier was incorrect',
    });
  });

  it('wants the same redirect_uri again', async () => {
    const { code = '' } = await spotify.consent(request());
    expect((await exchange(code, { redirect_uri: 'https://other.example' })).json.error_description).toBe(
      'Invalid redirect URI',
    );
  });

  it.each([
    ['nobody', {}, { error: 'invalid_client' }],
    [
      'an unknown client',
      { client_id: 'x', client_secret: 'y' },
      { error: 'invalid_client', error_description: 'Invalid client' },
    ],
  ])('refuses %s', async (_, fields, expected) => {
    const { status, json } = await spotify.form(token, { grant_type: 'client_credentials', ...fields });
    expect([status, json]).toEqual([400, expected]);
  });

  it('refuses a wrong secret, in the header and in the body', async () => {
    const wrong = { ...app, client_secret: 'wrong' };
    const inHeader = await spotify.form(token, { grant_type: 'client_credentials' }, basic(wrong));
    const inBody = await spotify.form(token, { grant_type: 'client_credentials', ...wrong });
    expect(inHeader.json.error).toBe('invalid_client');
    expect(inBody.json.error).toBe('invalid_client');
  });

  it('gives apps a token of their own, without scope and refresh token', async () => {
    const { json } = await spotify.form(token, { grant_type: 'client_credentials' }, basic(app));
    expect(Object.keys(json).sort()).toEqual(['access_token', 'expires_in', 'token_type']);
  });

  it('serves public clients that show a verifier instead of a secret', async () => {
    const { verifier, challenge } = pkce();
    const { code = '' } = await spotify.consent(request({ code_challenge: challenge, code_challenge_method: 'S256' }));
    const fields = { grant_type: 'authorization_code', code, redirect_uri: callback, client_id: app.client_id };
    const first = await spotify.form(token, { ...fields, code_verifier: verifier });
    expect(first.status).toBe(200);
    const again = { grant_type: 'refresh_token', refresh_token: first.json.refresh_token, client_id: app.client_id };
    expect((await spotify.form(token, again)).status).toBe(200);
  });
});

describe('refresh', () => {
  it('brings no new refresh token, and the old one goes on', async () => {
    const { refresh_token } = await connect();
    const first = await refresh(refresh_token);
    expect(first.json).not.toHaveProperty('refresh_token');
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  it('ends six months after the consent, however often it was used', async () => {
    const { refresh_token } = await connect();
    await spotify.control('POST', '/clock', { set: '2027-05-19T00:00:00.000Z' });
    expect((await refresh(refresh_token)).status).toBe(200);
    await spotify.control('POST', '/clock', { set: '2027-06-01T00:00:00.000Z' });
    expect((await refresh(refresh_token)).json).toEqual({
      error: 'invalid_grant',
      error_description: 'Refresh token revoked',
    });
    await spotify.control('DELETE', '/clock');
  });

  it('rotates when told so, and the old one dies at once', async () => {
    app = await spotify.register('spotify', { settings: { rotation: 'always' } });
    const { refresh_token: old } = await connect();
    const { refresh_token: next } = (await refresh(old)).json;
    expect(next).not.toBe(old);
    expect((await refresh(old)).json.error_description).toBe('Refresh token revoked');
    expect((await refresh(next)).status).toBe(200);
  });

  it('grants the old one some grace when told so', async () => {
    app = await spotify.register('spotify', {
      settings: { rotation: 'always', old_token: 'grace', grace_seconds: 30 },
    });
    const { refresh_token: old } = await connect();
    await refresh(old);
    expect((await refresh(old)).status).toBe(200);
    await spotify.advance('31s');
    expect((await refresh(old)).status).toBe(400);
  });

  it('ends the whole grant when a dead token comes again, when told so', async () => {
    app = await spotify.register('spotify', { settings: { rotation: 'always', reuse: 'revoke_grant' } });
    const { refresh_token: old } = await connect();
    const { refresh_token: next } = (await refresh(old)).json;
    await refresh(old);
    expect((await refresh(next)).json.error).toBe('invalid_grant');
  });

  it('rotates every other time, or sends an empty token, when told so', async () => {
    app = await spotify.register('spotify', { settings: { rotation: 'sometimes' } });
    const { refresh_token } = await connect();
    expect((await refresh(refresh_token)).json).not.toHaveProperty('refresh_token');
    expect((await refresh(refresh_token)).json).toHaveProperty('refresh_token');
    await spotify.control('PATCH', `/clients/spotify/${app.client_id}`, { settings: { rotation: 'empty' } });
    const again = await connect();
    expect((await refresh(again.refresh_token)).json.refresh_token).toBe('');
  });

  it('ends when the user takes the consent back', async () => {
    const { access_token, refresh_token } = await connect();
    await spotify.control('POST', '/grants/revoke', { platform: 'spotify', client: app.client_id, user: 'ada' });
    expect((await refresh(refresh_token)).json.error).toBe('invalid_grant');
    const me = await spotify.get('/spotify/api/v1/me', { authorization: `Bearer ${access_token}` });
    expect(me.status).toBe(401);
  });
});
