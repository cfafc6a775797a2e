import { findByIsrc, searchTracks, tracks, type Track } from '../../catalogue/catalogue';
import { json, type Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import { get, post, type Handler, type Route } from '../../http/route';
import { stableText } from '../../state/random';
import type { Client, Token, User } from '../../state/rows';
import type { World } from '../../state/world';
import { amazonUserId } from './login';
import { musicError, v1Error, v2Error } from './problems';
import { accountOf, platform, settingsOf } from './settings';

type Endpoint = (call: Call, user: User) => Answer;

/** ASINs have ten characters. */
const asin = (track: Track) => `B0${stableText(`amazon:${track.number}`, 8).toUpperCase()}`;

const trackObject = (track: Track) => ({
  id: asin(track),
  title: track.title,
  duration: Math.round(track.durationMs / 1000),
  isrc: track.isrc,
  album: { id: `B1${track.album.number}`, title: track.album.name },
  artists: [{ id: `B2${track.artist.number}`, name: track.artist.name }],
});

/** https://developer.amazon.com/docs/music/API_web_overview_v2.html */
export const v2Routes: Route[] = [
  get('/v2/me', admitted('music::profile:read', me)),
  get(
    '/v2/search',
    admitted('music::catalog', (call) => {
      const query = call.query.get('query') ?? '';
      if (query.length < 1 || query.length > 300)
        return v2Error(400, 'BAD_REQUEST', 'query must have 1 to 300 characters');
      return json(200, { id: 'search', entityGroups: [{ type: 'track', entities: found(query, call) }] });
    }),
  ),
  post(
    '/v2/search/tracks',
    admitted('music::catalog', (call) => json(200, { tracks: filtered(call) })),
  ),
];

/** https://developer.amazon.com/docs/music/API_web_overview.html: everything is wrapped in `data`. */
export const v1Routes: Route[] = [
  get('/v1/me', admitted('music::profile:read', me)),
  get(
    '/v1/me/playlists',
    admitted('music::library:read', () => json(200, { data: { user: { playlists: { edges: [] } } } })),
  ),
  get(
    '/v1/tracks/:asin',
    admitted('music::catalog', (call) => {
      const track = tracks.find((item) => asin(item) === call.param('asin'));
      return track
        ? json(200, { data: { track: trackObject(track) } })
        : v1Error(404, 'RESOURCE_NOT_FOUND', 'Not found');
    }),
  ),
  get(
    '/v1/search',
    admitted('music::catalog', (call) =>
      json(200, { data: { searchTracks: { edges: found(call.query.get('query') ?? '', call) } } }),
    ),
  ),
  post(
    '/v1/search/tracks',
    admitted('music::catalog', (call) => json(200, { data: { searchTracks: { edges: filtered(call) } } })),
  ),
];

function found(query: string, call: Call) {
  return searchTracks(query)
    .slice(0, call.integer('limit', 20, { min: 1, max: 100 }) ?? 20)
    .map(trackObject);
}

function filtered(call: Call): object[] {
  const filters = (call.json()?.searchFilters ?? []) as { field?: unknown; query?: unknown }[];
  const isrc = filters.find(({ field }) => field === 'isrc')?.query;
  const byIsrc = typeof isrc === 'string' ? [findByIsrc(isrc)] : searchTracks(String(filters[0]?.query ?? ''));
  return byIsrc.filter((track) => track !== undefined).map(trackObject);
}

function me(call: Call, user: User): Answer {
  const id = amazonUserId(user);
  const url = `https://music.amazon.com/profiles/${id}`;
  const profile = { _type: 'User', id, name: user.name, handle: `@${user.id}`, url };
  const fields = call.query.get('fields[user]')?.split(',') ?? [];
  const more = { tier: accountOf(user).music.toUpperCase(), countryCode: user.country };
  const wanted = Object.fromEntries(Object.entries(more).filter(([name]) => fields.includes(name)));
  return json(200, call.target.host === 'music_v1' ? { data: { user: profile } } : { ...profile, ...wanted });
}

function admitted(scope: string, endpoint: Endpoint): Handler {
  return (call: Call, world: World) => {
    const refusal = headerRefusal(call);
    if (refusal) return refusal;
    const token = world.liveToken(platform, call.bearer());
    const client = world.client(platform, token?.clientId);
    const user = world.users.find(token?.userId ?? '');
    if (token?.kind !== 'access' || !client || !user) return badToken(call);
    return clientRefusal(call, client) ?? userRefusal(call, token, user, scope) ?? endpoint(call, user);
  };
}

const badToken = (call: Call) =>
  call.target.host === 'music_v1'
    ? v1Error(401, 'INVALID_ACCESS_TOKEN', 'The access token is invalid or has expired')
    : v2Error(401, 'UNAUTHORIZED', 'Authentication required');

function headerRefusal(call: Call): Answer | undefined {
  if (call.bearer()) return undefined;
  if (call.target.host !== 'music_v1') return badToken(call);
  const isEmpty = /^Bearer\s*$/i.test(call.header('authorization') ?? '');
  return isEmpty
    ? v1Error(401, 'INVALID_AUTH_TOKEN', 'The token is empty')
    : v1Error(401, 'INVALID_AUTH_TYPE', 'The authorization is not a Bearer token');
}

/** What the app must show besides a token, and whether Amazon has let it in. */
function clientRefusal(call: Call, client: Client): Answer | undefined {
  const { securityProfileId, v2Wants } = settingsOf(client);
  const apiKey = call.header('x-api-key');
  const isV1 = call.target.host === 'music_v1';
  if (!isV1 && v2Wants !== 'api_key' && !call.header('x-amzn-device-id')) {
    return v2Error(401, 'MISSING_DEVICE_ID', 'X-Amzn-Device-Id is missing');
  }
  const needsKey = isV1 || v2Wants !== 'device_id';
  if (needsKey && !apiKey) return musicError(call, 401, isV1 ? 'NO_X_API_KEY' : 'UNAUTHORIZED', 'x-api-key is missing');
  if (needsKey && apiKey !== securityProfileId) {
    return musicError(call, 403, isV1 ? 'INVALID_CLIENT_ID' : 'FORBIDDEN', 'x-api-key is of another client');
  }
  const isLetIn = client.mode === 'music_enabled' && !client.isDisabled;
  return isLetIn ? undefined : musicError(call, 403, isV1 ? 'ACCESS_DENIED' : 'FORBIDDEN', 'Access denied');
}

function userRefusal(call: Call, token: Token, user: User, scope: string): Answer | undefined {
  const isV1 = call.target.host === 'music_v1';
  switch (accountOf(user).music) {
    case 'none':
      return musicError(call, 403, isV1 ? 'AUTH_NO_MUSIC_ACCOUNT_FOUND' : 'FORBIDDEN', 'No Amazon Music account found');
    case 'denied_tier':
      return musicError(call, 403, isV1 ? 'DENIED_SUBSCRIPTION_TIER' : 'FORBIDDEN', 'The tier does not allow this');
    case 'denied_territory':
      return musicError(call, 403, 'FORBIDDEN', 'Not available in your territory');
    default: {
      const isGranted = token.scopes.includes(scope) || token.scopes.includes(scope.replace(/:read$/, ''));
      return isGranted
        ? undefined
        : musicError(call, 403, isV1 ? 'ACCESS_DENIED' : 'FORBIDDEN', `Missing scope ${scope}`);
    }
  }
}
