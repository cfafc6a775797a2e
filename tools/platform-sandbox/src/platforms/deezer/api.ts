import { albums, findByIsrc, searchTracks, tracks, type Album, type Track } from '../../catalogue/catalogue';
import { favourites, playsBefore } from '../../catalogue/listening';
import { json, type Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import { get, post, type Handler, type Route } from '../../http/route';
import { stableHex, stableNumber } from '../../state/random';
import type { Token, User } from '../../state/rows';
import type { World } from '../../state/world';
import { settingsOf } from './settings';

/** An error, which comes with status 200: https://developers.deezer.com/api/errors */
export const deezerError = (type: string, message: string, code?: number): Answer =>
  json(200, { error: { type, message, ...(code !== undefined && { code }) } });

/** What is said instead of an answer, always with status 200. */
export const problems = {
  noData: deezerError('DataException', 'no data', 800),
  wrongParameter: deezerError('ParameterException', 'Wrong parameter', 500),
  unknown: deezerError('Exception', 'An error has occured'),
  quota: deezerError('Exception', 'Quota limit exceeded', 4),
  noToken: deezerError(
    'OAuthException',
    'An active access token must be used to query information about the current user',
    200,
  ),
  permission: deezerError('OAuthException', 'The user has not granted this permission', 200),
  badToken: deezerError('OAuthException', 'Invalid OAuth access token.', 300),
} as const;

const trackIds = 3_000_000;
const albumIds = 300_000;

/** https://developers.deezer.com/api */
export const apiRoutes: Route[] = [
  get('/infos', counted(infos)),
  get('/user/me', counted(personal(undefined, (_, user, token) => json(200, me(user, token))))),
  get('/user/me/permissions', counted(personal(undefined, (_, __, token) => json(200, granted(token))))),
  get('/user/me/history', counted(personal('listening_history', history))),
  get('/user/me/tracks', counted(personal('basic_access', savedTracks))),
  get(
    '/track/:id',
    counted((call) => found(findTrack(call.param('id')), trackObject)),
  ),
  get(
    '/album/:id',
    counted((call) => found(findAlbum(call.param('id')), albumObject)),
  ),
  get(
    '/genre/:id',
    counted(() => problems.wrongParameter),
  ),
  get(
    '/episode/:id',
    counted(() => problems.unknown),
  ),
  // An empty array is Deezer's word for no error.
  post(
    '/episode/:id/bookmark',
    counted(() => bookmarked),
  ),
  // Deezer takes any method as a GET too.
  get(
    '/episode/:id/bookmark',
    counted((call) => (call.query.get('request_method') === 'POST' ? bookmarked : problems.unknown)),
  ),
  get('/search', counted(search)),
  get('/search/track', counted(search)),
];

/** Counts the request, and lets POSTs through that come as GETs. */
function counted(handle: Handler): Handler {
  return (call: Call, world: World) => {
    const token = world.tokens.find(call.query.get('access_token') ?? '');
    const client = world.client('deezer', token?.clientId);
    const max = client ? settingsOf(client).requestsPer5Seconds : 50;
    const window = `5s:${Math.floor(world.clock.now() / 5000)}`;
    const used = max === null ? 0 : world.count(`deezer/${client?.clientId ?? 'anonymous'}`, window);
    if (max !== null && used >= max) return problems.quota;
    return handle(call, world);
  };
}

type Personal = (call: Call, user: User, token: Token, world: World) => Answer;

function personal(permission: string | undefined, answer: Personal): Handler {
  return (call: Call, world: World) => {
    const value = call.query.get('access_token');
    if (!value) return problems.noToken;
    const token = world.liveToken('deezer', value);
    const user = world.users.find(token?.userId ?? '');
    if (!token || !user || world.client('deezer', token.clientId)?.isDisabled) return problems.badToken;
    if (permission && !token.scopes.includes(permission)) return problems.permission;
    return answer(call, user, token, world);
  };
}

const bookmarked = json(200, { error: [], results: true });

function infos(): Answer {
  return json(200, { country_iso: 'US', country: 'United States', open: true, hosts: {} });
}

const me = (user: User, { scopes }: Token) => ({
  id: 5_000_000 + stableNumber(`deezer:${user.id}`, 1_000_000),
  name: user.name,
  link: `https://www.deezer.com/profile/${5_000_000 + stableNumber(`deezer:${user.id}`, 1_000_000)}`,
  country: user.country,
  lang: 'EN',
  ...(scopes.includes('email') && { email: user.email }),
  type: 'user',
});

const granted = ({ scopes }: Token) => ({
  permissions: Object.fromEntries(
    [
      'basic_access',
      'email',
      'offline_access',
      'manage_library',
      'manage_community',
      'delete_library',
      'listening_history',
    ].map((name) => [name, scopes.includes(name)]),
  ),
});

function history(call: Call, user: User, _: Token, world: World): Answer {
  const plays = playsBefore(user, { intervalSeconds: 1200, lagSeconds: 0 }, world.clock.now(), 100);
  return list(
    call,
    plays.map(({ track, playedAt }) => ({ ...trackObject(track), timestamp: Math.floor(playedAt / 1000) })),
  );
}

function savedTracks(call: Call, user: User): Answer {
  return list(call, favourites(user, 'saved', 73).map(trackObject));
}

function search(call: Call): Answer {
  const query = call.query.get('q');
  if (!query) return deezerError('MissingParameterException', 'Missing parameters: q', 501);
  const words = query.replace(/\b(artist|track|album):/g, '').replaceAll('"', ' ');
  return list(call, searchTracks(words).map(trackObject));
}

/** The token is not in `next`: whoever follows it has to add it again. */
function list(call: Call, all: readonly object[]): Answer {
  const index = Number(call.query.get('index') ?? 0);
  const limit = Number(call.query.get('limit') ?? 25);
  if (!Number.isInteger(index) || !Number.isInteger(limit) || index < 0 || limit < 1) return problems.wrongParameter;
  const query = new URLSearchParams(call.query);
  query.delete('access_token');
  query.set('index', String(index + limit));
  const next = `${call.base}${call.path}?${query}`;
  return json(200, {
    data: all.slice(index, index + limit),
    total: all.length,
    ...(index + limit < all.length && { next }),
  });
}

const found = <T>(item: T | undefined, show: (item: T) => object): Answer =>
  item === undefined ? problems.noData : json(200, show(item));

const findTrack = (id: string) =>
  id.startsWith('isrc:') ? findByIsrc(id.slice('isrc:'.length)) : tracks[Number(id) - trackIds];

const findAlbum = (id: string) =>
  id.startsWith('upc:') ? albums.find(({ upc }) => upc === id.slice('upc:'.length)) : albums[Number(id) - albumIds];

const trackObject = (track: Track) => ({
  id: trackIds + track.number,
  title: track.title,
  link: `https://www.deezer.com/track/${trackIds + track.number}`,
  duration: Math.round(track.durationMs / 1000),
  isrc: track.isrc,
  explicit_lyrics: track.isExplicit,
  rank: track.popularity * 10_000,
  preview: '',
  artist: { id: 30_000 + track.artist.number, name: track.artist.name, type: 'artist' },
  album: { id: albumIds + track.album.number, title: track.album.name, type: 'album' },
  type: 'track',
});

const albumObject = (album: Album) => ({
  id: albumIds + album.number,
  title: album.name,
  upc: album.upc,
  md5_image: stableHex(`deezer:${album.number}`, 32),
  release_date: album.releaseDate,
  nb_tracks: album.trackNumbers.length,
  artist: { id: 30_000 + album.artist.number, name: album.artist.name, type: 'artist' },
  type: 'album',
});
