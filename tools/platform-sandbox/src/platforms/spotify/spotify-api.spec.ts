import { SandboxClient, withQuery, type App } from '../../../test/sandbox-client';
import { tracks } from '../../catalogue/catalogue';
import { spotifyId } from './objects';

let spotify: SandboxClient;
let app: App;
beforeAll(async () => void (spotify = await SandboxClient.start()));
afterAll(() => spotify.close());

const scopes = ['user-read-recently-played', 'user-top-read', 'user-library-read', 'playlist-read-private'];
const id = (number: number) => spotifyId('track', number);

/** A GET of an app in a mode, for a user with all scopes or without a user. */
async function visitor(mode: string, { user = 'ada' as string | null, facts = {} as object, granted = scopes } = {}) {
  app = await spotify.register('spotify', { mode, ...facts });
  const token = user === null ? await appToken() : await userToken(user, granted);
  return (path: string, query: Record<string, string> = {}) =>
    spotify.get(withQuery(`/spotify/api/v1${path}`, query), { authorization: `Bearer ${token}` });
}

async function userToken(user: string, granted: string[]): Promise<string> {
  const whose = { platform: 'spotify', client: app.client_id, user, scopes: granted };
  return (await spotify.control('POST', '/tokens', whose)).access_token;
}

async function appToken(): Promise<string> {
  const fields = { grant_type: 'client_credentials', client_id: app.client_id, client_secret: app.client_secret };
  return (await spotify.form('/spotify/accounts/api/token', fields)).json.access_token;
}

describe('who may in', () => {
  it('tells missing tokens from bad ones by a header only', async () => {
    const missing = await spotify.get('/spotify/api/v1/me');
    const bad = await spotify.get('/spotify/api/v1/me', { authorization: 'Bearer nonsense' });
    const body = { error: { status: 401, message: 'Missing/invalid/expired access token' } };
    expect([missing.json, bad.json]).toEqual([body, body]);
    expect(missing.headers.get('www-authenticate')).toContain('error="missing_token"');
    expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('lets access tokens end after an hour, with old words if wanted', async () => {
    const get = await visitor('dev_2026', { facts: { settings: { unauthorized: 'legacy' } } });
    expect((await get('/me')).status).toBe(200);
    await spotify.advance('3601s');
    expect((await get('/me')).json.error.message).toBe('The access token expired');
  });

  it('says in plain text that a user is not on the allowlist, or that the owner has no Premium', async () => {
    const stranger = await visitor('dev_2026', { user: 'ben', facts: { users: ['ada'] } });
    expect(await stranger('/me')).toMatchObject({
      status: 403,
      text: 'User not registered in the Developer Dashboard',
    });
    const lapsed = await visitor('dev_2026', { facts: { settings: { owner_has_premium: false } } });
    expect((await lapsed('/me')).text).toMatch(/^Active premium subscription required/);
  });

  it('refuses what was not granted, and app tokens where a user is needed', async () => {
    const small = await visitor('dev_2026', { granted: [] });
    expect((await small('/me/top/tracks')).json.error.message).toBe('Insufficient client scope');
    const asApp = await visitor('dev_2026', { user: null });
    expect((await asApp('/me/top/tracks')).json.error.message).toBe('Insufficient client scope');
    expect((await asApp('/me')).status).toBe(401);
  });

  it('counts requests per app and quotas per developer', async () => {
    const limited = await visitor('dev_2026', { facts: { settings: { requests_per_30_seconds: 1 } } });
    await limited('/me');
    const second = await limited('/me');
    expect([second.status, Number(second.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    const settings = { quota_per_day: 1, developer: 'somebody' };
    const one = await visitor('dev_2026', { facts: { settings } });
    const other = await visitor('dev_2026', { facts: { settings } });
    await one('/me');
    expect((await other('/me')).json.error.reason).toBe('QUOTA_EXCEEDED');
  });
});

describe('the four profiles', () => {
  it.each([
    ['extended_legacy', [200, 200, 200, 200]],
    ['extended_new', [403, 404, 200, 200]],
    ['dev_pre2026', [403, 404, 200, 200]],
    ['dev_2026', [403, 404, 403, 400]],
  ])('%s', async (mode, expected) => {
    const get = await visitor(mode, { user: null });
    const features = await get('/audio-features', { ids: id(0) });
    const recommendations = await get('/recommendations', { seed_tracks: id(0) });
    const several = await get('/tracks', { ids: `${id(0)},${id(1)}` });
    const search = await get('/search', { q: 'the', type: 'track', limit: '50' });
    expect([features, recommendations, several, search].map(({ status }) => status)).toEqual(expected);
    expect((await get(`/tracks/${id(0)}`)).status).toBe(200);
    if (features.status === 403) expect(features.json).toEqual({ error: { status: 403 } });
  });

  it('leave fields out, and do not set them to null', async () => {
    const reduced = await visitor('dev_2026');
    const full = await visitor('extended_new');
    expect((await reduced(`/tracks/${id(0)}`)).json).not.toHaveProperty('popularity');
    expect((await full(`/tracks/${id(0)}`)).json).toHaveProperty('popularity');
    expect((await reduced('/me')).json).not.toHaveProperty('country');
    expect((await full('/me')).json).toMatchObject({ country: 'US', product: 'premium' });
  });

  it("show playlists' contents by another name, and only the owner's", async () => {
    const get = await visitor('dev_2026');
    const mine = (await get('/me/playlists')).json.items[0].id;
    expect((await get(`/playlists/${mine}/items`)).json.items[0]).toHaveProperty('item');
    expect((await get(`/playlists/${mine}/tracks`)).status).toBe(403);
    const stranger = await visitor('dev_2026', { user: 'ben' });
    expect((await stranger(`/playlists/${mine}/items`)).json.error.message).toBe('Forbidden');
    expect((await stranger(`/playlists/${mine}`)).json).not.toHaveProperty('items');
  });
});

describe('data', () => {
  it('keeps only the newest 50 plays, with cursors that are texts and an end that has none', async () => {
    const get = await visitor('dev_2026');
    const first = (await get('/me/player/recently-played', { limit: '30' })).json;
    expect(first.cursors).toEqual({ after: expect.any(String), before: expect.any(String) });
    const second = (await get('/me/player/recently-played', { limit: '30', before: first.cursors.before })).json;
    expect(second.items).toHaveLength(20);
    const end = (await get('/me/player/recently-played', { before: second.cursors.before })).json;
    expect(end).toMatchObject({ items: [], next: null, cursors: null });
    expect(first.items.some(({ context }: { context: unknown }) => context === null)).toBe(true);
  });

  it('has new plays when time passes', async () => {
    const get = await visitor('dev_2026');
    const after = (await get('/me/player/recently-played', { limit: '1' })).json.cursors.after;
    await spotify.advance('55m');
    const fresh = (await get('/me/player/recently-played', { after })).json.items;
    expect(fresh.length).toBeGreaterThanOrEqual(2);
  });

  it('has holes in audio features, and limits', async () => {
    const get = await visitor('extended_legacy');
    const { audio_features } = (await get('/audio-features', { ids: [id(0), id(9), 'A'.repeat(22)].join() })).json;
    expect(audio_features).toEqual([expect.objectContaining({ id: id(0) }), null, null]);
    expect((await get(`/audio-features/${id(9)}`)).status).toBe(404);
    const many = Array.from({ length: 101 }, (_, number) => id(number)).join();
    expect((await get('/audio-features', { ids: many })).json.error.message).toBe('too many ids requested');
    expect((await get('/audio-features', { ids: 'short' })).json.error.message).toBe('invalid id');
  });

  it('tells ids that cannot be from ids that are not', async () => {
    const get = await visitor('dev_2026');
    expect((await get('/tracks/short')).status).toBe(400);
    expect((await get(`/tracks/${'A'.repeat(22)}`)).status).toBe(404);
  });

  it('pages through saved tracks by links', async () => {
    const get = await visitor('dev_2026');
    const seen: string[] = [];
    let next: string | null = '/spotify/api/v1/me/tracks?limit=50';
    const authorization = `Bearer ${await userToken('ada', scopes)}`;
    while (next) {
      const page: { items: { track: { id: string } }[]; next: string | null } = (
        await spotify.get(next, { authorization })
      ).json;
      seen.push(...page.items.map(({ track }) => track.id));
      next = page.next;
    }
    expect(new Set(seen).size).toBe(73);
    expect((await get('/me/tracks', { limit: '0' })).json.error.message).toBe('Invalid limit');
  });

  it('has the same tracks every day, found by ISRC and by words', async () => {
    const get = await visitor('dev_2026', { user: null });
    const track = tracks[17];
    const found = (await get('/search', { q: `isrc:${track?.isrc}`, type: 'track' })).json.tracks.items;
    expect(found).toEqual([expect.objectContaining({ id: id(17), name: track?.title })]);
    const byName = (await get('/search', { q: `artist:"${track?.artist.name}"`, type: 'track,artist' })).json;
    expect(byName.artists.items[0].name).toBe(track?.artist.name);
    expect(byName.tracks).toMatchObject({ limit: 5, total: 10 });
  });

  it('has top tracks and artists by time range', async () => {
    const get = await visitor('dev_2026');
    const [short, long] = await Promise.all(
      ['short_term', 'long_term'].map((time_range) => get('/me/top/tracks', { time_range })),
    );
    expect(short?.json.items[0].id).not.toBe(long?.json.items[0].id);
    expect((await get('/me/top/artists')).json.items[0].type).toBe('artist');
    expect((await get('/me/top/tracks', { time_range: 'ever' })).status).toBe(400);
  });
});
