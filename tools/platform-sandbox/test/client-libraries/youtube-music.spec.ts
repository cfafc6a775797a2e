import { auth, youtube } from '@googleapis/youtube';
import { callback, SandboxClient, type App } from '../sandbox-client';

const scope = 'https://www.googleapis.com/auth/youtube.readonly';

let google: SandboxClient;
let app: App;
beforeAll(async () => void (google = await SandboxClient.start({ realNow: Date.now })));
afterAll(() => google.close());
beforeEach(async () => {
  app = await google.register('youtube_music', { settings: { api_keys: [{ key: apiKey }] } });
});

const apiKey = `AIza${'k'.repeat(35)}`;
const fault = (facts: object) => google.control('POST', '/faults', { platform: 'youtube_music', ...facts });

/** google-auth-library's client; only the bases of its addresses are others. */
const makeClient = (more: { clientSecret?: string } = {}) =>
  new auth.OAuth2({
    clientId: app.client_id,
    clientSecret: app.client_secret,
    redirectUri: callback,
    endpoints: {
      oauth2AuthBaseUrl: `${google.url}/youtube_music/accounts/o/oauth2/v2/auth`,
      oauth2TokenUrl: `${google.url}/youtube_music/oauth/token`,
      oauth2RevokeUrl: `${google.url}/youtube_music/oauth/revoke`,
      tokenInfoUrl: `${google.url}/youtube_music/oauth/tokeninfo`,
    },
    transporterOptions: { fetchImplementation: fetch },
    forceRefreshOnFailure: true,
    ...more,
  });
type Client = ReturnType<typeof makeClient>;

async function connect(client = makeClient()): Promise<Client> {
  const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync();
  const url = client.generateAuthUrl({
    access_type: 'offline',
    prompt: 'consent',
    scope,
    state: 's',
    code_challenge: codeChallenge,
    code_challenge_method: 'S256' as never,
  });
  const { code = '' } = await google.consent(url);
  const { tokens } = await client.getToken({ code, codeVerifier });
  client.setCredentials(tokens);
  return client;
}

const apiOf = (by: Client | string) => youtube({ version: 'v3', auth: by, fetchImplementation: fetch });

/** Given with each call: for the whole client the library takes an origin only. */
const there = () => ({ rootUrl: `${google.url}/youtube_music/api/` });

describe('google-auth-library', () => {
  it('exchanges a code, and asks whose token it is', async () => {
    const client = await connect();
    expect(client.credentials).toMatchObject({ token_type: 'Bearer', scope, refresh_token: expect.any(String) });
    const info = await client.getTokenInfo(client.credentials.access_token ?? '');
    expect(info).toMatchObject({ aud: app.client_id, scopes: [scope] });
    expect(info.expiry_date).toBeGreaterThan(Date.now());
  });

  it('renews a token that has ended, and keeps the refresh token', async () => {
    const client = await connect();
    const { access_token: before, refresh_token } = client.credentials;
    client.setCredentials({ ...client.credentials, expiry_date: Date.now() - 1 });
    const { token } = await client.getAccessToken();
    expect(token).not.toBe(before);
    expect(client.credentials.refresh_token).toBe(refresh_token);
  });

  it('renews in the middle of a call that is refused, and asks again', async () => {
    const client = await connect();
    await google.control('POST', '/tokens/expire', { platform: 'youtube_music', client: app.client_id });
    const { data } = await apiOf(client).channels.list({ part: ['id'], mine: true }, there());
    expect(data.items).toHaveLength(1);
  });

  it('tells a dead grant and a wrong secret', async () => {
    const client = await connect();
    await client.revokeCredentials();
    client.setCredentials({ refresh_token: '1//gone' });
    await expect(client.getAccessToken()).rejects.toMatchObject({
      message: 'invalid_grant',
      status: 400,
      response: { data: { error: 'invalid_grant' } },
    });
    await expect(connect(makeClient({ clientSecret: 'wrong' }))).rejects.toMatchObject({ message: 'invalid_client' });
  });
});

describe("Google's YouTube client", () => {
  it('reads the own channel', async () => {
    const { data } = await apiOf(await connect()).channels.list({ part: ['id', 'snippet'], mine: true }, there());
    expect(data).toMatchObject({
      kind: 'youtube#channelListResponse',
      pageInfo: { totalResults: 1 },
      items: [{ kind: 'youtube#channel', id: expect.stringMatching(/^UC/), snippet: { title: expect.any(String) } }],
    });
  });

  it('reads with a key, page by page', async () => {
    const api = apiOf(apiKey);
    const regions = await api.i18nRegions.list({ part: ['snippet'] }, there());
    expect(regions.data.items?.[0]).toMatchObject({ id: expect.any(String), snippet: { gl: expect.any(String) } });
    const query = { part: ['snippet'], q: 'the', type: ['video'], maxResults: 2 };
    const first = await api.search.list(query, there());
    const { items = [], nextPageToken } = first.data;
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({
      kind: 'youtube#searchResult',
      id: { kind: 'youtube#video', videoId: expect.any(String) },
      snippet: { title: expect.any(String), channelTitle: expect.any(String), publishedAt: expect.any(String) },
    });
    const second = await api.search.list({ ...query, pageToken: nextPageToken ?? '' }, there());
    expect(second.data.items?.[0]?.id?.videoId).not.toBe(items[0]?.id?.videoId);
    const id = items.flatMap((item) => item.id?.videoId ?? []);
    const videos = await api.videos.list({ part: ['contentDetails'], id }, there());
    expect(videos.data.items).toHaveLength(2);
    expect(videos.data.items?.[0]).toMatchObject({ contentDetails: { duration: expect.stringMatching(/^PT/) } });
    expect(videos.data.items?.[0]).not.toHaveProperty('snippet');
  });

  it('says why a key is no good, and that a quota is used up', async () => {
    await expect(apiOf('AIzaWrong').i18nRegions.list({ part: ['snippet'] }, there())).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('API key not valid'),
    });
    await fault({ failure: 'quota_exceeded', times: 1 });
    await expect(apiOf(apiKey).i18nRegions.list({ part: ['snippet'] }, there())).rejects.toMatchObject({
      status: 403,
      response: { data: { error: { errors: [{ reason: 'quotaExceeded' }] } } },
    });
  });

  it('comes again by itself after a 429', async () => {
    await fault({ failure: 'rate_limited', times: 1, retry_after: '1' });
    const { status } = await apiOf(apiKey).i18nRegions.list({ part: ['snippet'] }, there());
    expect(status).toBe(200);
    const { requests } = await google.control('GET', '/requests?platform=youtube_music');
    expect(requests.slice(-2).map((request: { status: number }) => request.status)).toEqual([429, 200]);
  });
});
