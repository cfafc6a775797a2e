import {
  SpotifyApi,
  type Artist,
  type AudioFeatures,
  type SdkOptions,
  type SimplifiedAlbum,
  type Track,
} from '@spotify/web-api-ts-sdk';
import { Strategy } from 'passport-spotify';
import { AuthorizationCode, ClientCredentials } from 'simple-oauth2';
import { callback, SandboxClient, type App } from '../sandbox-client';
import { Site, type Visitor } from './passport';

let spotify: SandboxClient;
let app: App;
let site: Site;
beforeAll(async () => void (spotify = await SandboxClient.start({ realNow: Date.now })));
afterAll(() => spotify.close());
beforeEach(async () => {
  app = await spotify.register('spotify', { mode: 'extended_legacy' });
  site = new Site(Strategy, {
    clientID: app.client_id,
    clientSecret: app.client_secret,
    callbackURL: callback,
    authorizationURL: `${spotify.url}/spotify/accounts/authorize`,
    tokenURL: `${spotify.url}/spotify/accounts/api/token`,
    userProfileURL: `${spotify.url}/spotify/api/v1/me`,
    scope: ['user-read-private', 'user-read-email', 'user-top-read', 'user-read-recently-played'],
    state: true,
  });
});

async function connect(): Promise<Visitor> {
  return site.callback(await spotify.consent(await site.login({ showDialog: true })));
}

const fault = (facts: object) => spotify.control('POST', '/faults', { platform: 'spotify', times: 1, ...facts });

describe('passport-spotify', () => {
  it('logs somebody in, and reads his profile', async () => {
    const { accessToken, refreshToken, profile } = await connect();
    expect([accessToken, refreshToken]).toEqual([expect.any(String), expect.any(String)]);
    expect(profile).toMatchObject({
      provider: 'spotify',
      id: expect.stringMatching(/./),
      displayName: 'Ada Sandbox',
      profileUrl: expect.stringContaining('https://open.spotify.com/user/'),
      emails: [{ value: expect.stringContaining('@') }],
      product: expect.stringMatching(/premium|free/),
      followers: expect.any(Number),
      photos: expect.any(Array),
    });
  });

  it('hears that the visitor does not want to', async () => {
    const back = await spotify.consent(await site.login(), { decision: 'deny' });
    await expect(site.callback(back)).rejects.toThrow('failed');
  });

  it('tells why a code was not taken', async () => {
    const back = await spotify.consent(await site.login({ showDialog: true }));
    await expect(site.callback({ ...back, code: 'made-up' })).rejects.toMatchObject({
      code: 'invalid_grant',
      message: 'Invalid authorization code',
    });
  });

  it('renews, until the grant is gone', async () => {
    const { refreshToken = '' } = await connect();
    const { accessToken = '' } = await site.refresh(refreshToken);
    expect(await site.profileOf(accessToken)).toMatchObject({ displayName: 'Ada Sandbox' });
    await spotify.control('POST', '/grants/revoke', { platform: 'spotify', client: app.client_id });
    await expect(site.refresh(refreshToken)).rejects.toMatchObject({
      statusCode: 400,
      data: expect.stringContaining('invalid_grant'),
    });
  });
});

describe('simple-oauth2', () => {
  const config = () => ({
    client: { id: app.client_id, secret: app.client_secret },
    auth: { tokenHost: spotify.url, tokenPath: '/spotify/accounts/api/token' },
  });

  it('gets tokens for apps, proves itself in the header, and is told when its secret is wrong', async () => {
    const { token } = await new ClientCredentials(config()).getToken({});
    expect(token).toMatchObject({ access_token: expect.any(String), expires_in: 3600, expires_at: expect.any(Date) });
    const wrong = new ClientCredentials({ ...config(), client: { id: app.client_id, secret: 'wrong' } });
    await expect(wrong.getToken({})).rejects.toMatchObject({
      output: { statusCode: 400 },
      data: { payload: { error: 'invalid_client' } },
    });
  });

  it('exchanges a code, and renews with rotation', async () => {
    app = await spotify.register('spotify', { settings: { rotation: 'always' } });
    const auth = { ...config().auth, authorizePath: '/spotify/accounts/authorize' };
    const client = new AuthorizationCode({ ...config(), auth });
    const url = client.authorizeURL({ redirect_uri: callback, scope: ['user-read-private'], state: 's' });
    const { code = '' } = await spotify.consent(url);
    const first = await client.getToken({ code, redirect_uri: callback });
    const second = await first.refresh();
    expect(second.token.refresh_token).not.toBe(first.token.refresh_token);
    await expect(first.refresh()).rejects.toMatchObject({ data: { payload: { error: 'invalid_grant' } } });
    expect(second.expired()).toBe(false);
  });

  it('is told when it may come again', async () => {
    await fault({ failure: 'rate_limited', host: 'accounts', retry_after: '7' });
    await expect(new ClientCredentials(config()).getToken({})).rejects.toMatchObject({
      output: { statusCode: 429 },
      data: { headers: { 'retry-after': '7' } },
    });
  });
});

describe("Spotify's own SDK", () => {
  /** The one thing that is changed: the base of the addresses. */
  const apiOf = (accessToken: string, options: SdkOptions = {}) => {
    const token = { access_token: accessToken, token_type: 'Bearer', expires_in: 3600, refresh_token: '' };
    const sandbox = `${spotify.url}/spotify/api`;
    return SpotifyApi.withAccessToken(app.client_id, token, {
      fetch: (input, init) => fetch(String(input).replace('https://api.spotify.com', sandbox), init),
      ...options,
    });
  };

  it('reads the catalogue, every member of its types', async () => {
    const api = apiOf((await connect()).accessToken);
    const { tracks } = await api.search('the', ['track'], 'US', 3);
    expect(tracks.items).toHaveLength(3);
    const id = tracks.items[0]?.id ?? '';
    const track = await api.tracks.get(id, 'US');
    expect(Object.keys(track)).toEqual(expect.arrayContaining(trackMembers));
    expect(Object.keys(track.album)).toEqual(expect.arrayContaining(albumMembers));
    expect(await api.tracks.get([id], 'US')).toEqual([track]);
    expect(await api.tracks.get(id)).not.toHaveProperty('is_playable');
    expect(Object.keys(await api.tracks.audioFeatures(id))).toEqual(expect.arrayContaining(featureMembers));
    expect(await api.tracks.audioFeatures([id])).toEqual([await api.tracks.audioFeatures(id)]);
    const artist = await api.artists.get(track.artists[0]?.id ?? '');
    expect(Object.keys(artist)).toEqual(expect.arrayContaining(artistMembers));
    const album = await api.albums.get(track.album.id);
    expect(album.tracks.items.map((item) => item.id)).toContain(id);
  });

  it('reads what is personal', async () => {
    const api = apiOf((await connect()).accessToken);
    expect(await api.currentUser.profile()).toMatchObject({ display_name: 'Ada Sandbox', type: 'user' });
    const top = await api.currentUser.topItems('artists', 'short_term', 2);
    expect(top.items).toHaveLength(2);
    const history = await api.player.getRecentlyPlayedTracks(3);
    expect(history.items[0]).toMatchObject({ played_at: expect.any(String), track: { type: 'track' } });
    expect(history.cursors.before).toEqual(expect.any(String));
  });

  it('tells an ended token, a missing permission and a limit apart', async () => {
    const { accessToken } = await connect();
    const waits: (string | null)[] = [];
    const afterRequest: SdkOptions['afterRequest'] = (_url, _init, { headers }) =>
      void waits.push(headers.get('retry-after'));
    const api = apiOf(accessToken, { afterRequest });
    await expect(api.currentUser.playlists.playlists()).rejects.toThrow('Bad OAuth request');
    await fault({ failure: 'rate_limited', host: 'api', retry_after: '11' });
    await expect(api.currentUser.profile()).rejects.toThrow('exceeded its rate limits');
    expect(waits.at(-1)).toBe('11');
    await spotify.control('POST', '/grants/revoke', { platform: 'spotify', client: app.client_id });
    await expect(api.currentUser.profile()).rejects.toThrow('Bad or expired token');
    await expect(apiOf('made-up').currentUser.profile()).rejects.toThrow('Bad or expired token');
  });
});

const albumMembers = [
  'album_type',
  'artists',
  'available_markets',
  'external_urls',
  'href',
  'id',
  'images',
  'name',
  'release_date',
  'release_date_precision',
  'total_tracks',
  'type',
  'uri',
] satisfies (keyof SimplifiedAlbum)[];
const artistMembers = [
  'external_urls',
  'followers',
  'genres',
  'href',
  'id',
  'images',
  'name',
  'popularity',
  'type',
  'uri',
] satisfies (keyof Artist)[];
const featureMembers = [
  'acousticness',
  'analysis_url',
  'danceability',
  'duration_ms',
  'energy',
  'id',
  'instrumentalness',
  'key',
  'liveness',
  'loudness',
  'mode',
  'speechiness',
  'tempo',
  'time_signature',
  'track_href',
  'type',
  'uri',
  'valence',
] satisfies (keyof AudioFeatures)[];
const trackMembers = [
  'album',
  'artists',
  'available_markets',
  'disc_number',
  'duration_ms',
  'explicit',
  'external_ids',
  'external_urls',
  'href',
  'id',
  'is_local',
  'is_playable',
  'name',
  'popularity',
  'preview_url',
  'track_number',
  'type',
  'uri',
] satisfies (keyof Track)[];
