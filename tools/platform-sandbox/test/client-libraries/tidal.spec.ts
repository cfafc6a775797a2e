import { createAPIClient } from '@tidal-music/api';
import { AuthorizationCode, ClientCredentials, type AccessToken } from 'simple-oauth2';
import { callback, pkce, SandboxClient, type App } from '../sandbox-client';

let tidal: SandboxClient;
let app: App;
beforeAll(async () => void (tidal = await SandboxClient.start({ realNow: Date.now })));
afterAll(() => tidal.close());
beforeEach(async () => void (app = await tidal.register('tidal')));

const config = () => ({
  client: { id: app.client_id, secret: app.client_secret },
  auth: { tokenHost: tidal.url, tokenPath: '/tidal/auth/v1/oauth2/token' },
  options: { authorizationMethod: 'body' as const },
});

async function connect(): Promise<AccessToken> {
  const auth = { ...config().auth, authorizePath: '/tidal/login/authorize' };
  const client = new AuthorizationCode({ ...config(), auth });
  const { verifier, challenge } = pkce();
  const url = client.authorizeURL({
    redirect_uri: callback,
    scope: ['user.read', 'search.read'],
    state: 's',
    ...{ code_challenge: challenge, code_challenge_method: 'S256' },
  });
  const { code = '' } = await tidal.consent(url);
  return client.getToken({ code, redirect_uri: callback, ...{ code_verifier: verifier } });
}

/** Tidal's own client; the base URL is its second argument. */
const apiOf = (token: string) =>
  createAPIClient(
    { getCredentials: async () => ({ clientId: app.client_id, token }) } as never,
    `${tidal.url}/tidal/api/v2`,
  );

const fault = (facts: object) => tidal.control('POST', '/faults', { platform: 'tidal', times: 1, ...facts });

describe('simple-oauth2', () => {
  it('exchanges a code with its verifier, and renews without a new refresh token', async () => {
    const token = await connect();
    expect(token.token).toMatchObject({ token_type: 'Bearer', user_id: expect.any(Number) });
    const renewed = await token.refresh();
    expect(renewed.token.access_token).not.toBe(token.token.access_token);
    await tidal.control('POST', '/grants/revoke', { platform: 'tidal', client: app.client_id });
    await expect(token.refresh()).rejects.toMatchObject({
      output: { statusCode: 400 },
      data: { payload: { error: 'invalid_grant', sub_status: 11_101 } },
    });
  });

  it.each(['body', 'header'] as const)('proves an app in the %s, and is told when it cannot', async (place) => {
    const options = { authorizationMethod: place };
    const { token } = await new ClientCredentials({ ...config(), options }).getToken({});
    expect(token).toMatchObject({ expires_in: 86_400 });
    const client = { id: app.client_id, secret: 'wrong' };
    await expect(new ClientCredentials({ ...config(), options, client }).getToken({})).rejects.toMatchObject({
      output: { statusCode: 401 },
      data: { payload: { error: 'invalid_client' } },
    });
  });
});

describe("Tidal's own API client", () => {
  const appToken = async () => String((await new ClientCredentials(config()).getToken({})).token.access_token);

  it('reads tracks by their codes, every member of their type, with what belongs to them', async () => {
    const api = apiOf(await appToken());
    const codes = ['ZZSBX2600001', 'ZZSBX2600007'];
    const query = { countryCode: 'US', 'filter[isrc]': codes, include: ['artists', 'albums'] };
    const { data } = await api.GET('/tracks', { params: { query } });
    expect(data?.data.map(({ attributes }) => attributes?.isrc)).toEqual(codes);
    expect(data?.data[0]?.attributes).toMatchObject({
      duration: expect.stringMatching(/^PT\d+M\d+S$/),
      explicit: expect.any(Boolean),
      key: expect.any(String),
      keyScale: expect.stringMatching(/^(MAJOR|MINOR)$/),
      mediaTags: expect.any(Array),
      popularity: expect.any(Number),
      title: expect.any(String),
    });
    expect(data?.included?.map(({ type }) => type)).toEqual(expect.arrayContaining(['artists', 'albums']));
    const id = data?.data[0]?.relationships?.albums?.data?.[0]?.id ?? '';
    const album = await api.GET('/albums/{id}', { params: { path: { id }, query: { countryCode: 'US' } } });
    expect(album.data?.data.attributes).toMatchObject({ numberOfItems: 5, albumType: 'ALBUM' });
  });

  it('searches at the address that this version of the client knows, and turns the page', async () => {
    app = await tidal.register('tidal', { settings: { has_old_search_path: true } });
    const api = apiOf(await appToken());
    const query = { countryCode: 'US', include: ['tracks', 'tracks.artists'] };
    const { data } = await api.GET('/searchResults/{id}', { params: { path: { id: 'the' }, query } });
    expect(data?.data).toMatchObject({ id: 'the', type: 'searchResults' });
    expect(data?.included?.map(({ type }) => type)).toEqual(expect.arrayContaining(['tracks', 'artists']));
    const { data: refs, links } = data?.data.relationships?.tracks ?? {};
    const next = await api.GET('/searchResults/{id}/relationships/tracks', {
      params: { path: { id: 'the' }, query: { countryCode: 'US', 'page[cursor]': links?.meta?.nextCursor ?? '' } },
    });
    expect(next.data?.data).not.toContainEqual(refs?.[0]);
    expect(next.data?.data?.[0]).toMatchObject({ type: 'tracks' });
  });

  it('reads the own account', async () => {
    const { token } = await connect();
    const { data } = await apiOf(String(token.access_token)).GET('/users/{id}', { params: { path: { id: 'me' } } });
    expect(data?.data).toMatchObject({ type: 'users', attributes: { country: expect.any(String) } });
  });

  it('tells an ended token, a missing scope and a limit apart', async () => {
    const app = apiOf(await appToken());
    const me = { params: { path: { id: 'me' } } };
    const ended = await apiOf('made-up').GET('/users/{id}', me);
    expect([ended.response.status, ended.error]).toEqual([
      401,
      expect.objectContaining({ subStatus: expect.any(Number) }),
    ]);
    const missing = await app.GET('/users/{id}', me);
    expect([missing.response.status, missing.error]).toMatchObject([403, { subStatus: 11_004 }]);
    await fault({ failure: 'rate_limited', host: 'api', retry_after: '5' });
    const limited = await app.GET('/users/{id}', me);
    expect(limited.response.status).toBe(429);
    expect(limited.response.headers.get('retry-after')).toBe('5');
    expect(limited.error).toMatchObject({ errors: [{ status: '429' }] });
  });
});
