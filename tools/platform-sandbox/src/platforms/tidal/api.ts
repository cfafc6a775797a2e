import { artists, findByIsrc, searchTracks, tracks, type Track } from '../../catalogue/catalogue';
import type { Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import { get, type Route } from '../../http/route';
import type { World } from '../../state/world';
import { admitted, type Visitor } from './guard';
import { tidalUserId } from './login';
import { apiError, jsonApi, missingScope } from './problems';
import { albumResource, artistResource, findTrackById, includedOf, trackResource, tidalId } from './resources';
import { accountOf, settingsOf } from './settings';

/** https://tidal-music.github.io/tidal-api-reference */
export const apiRoutes: Route[] = [
  get('/v2/users/me', admitted(me)),
  get('/v2/searchResults', admitted(search)),
  get('/v2/searchResults/:query', admitted(oldSearch)),
  get('/v2/searchResults/:id/relationships/tracks', admitted(searchPage)),
  get('/v2/tracks', admitted(trackList)),
  get(
    '/v2/tracks/:id',
    admitted((call) => {
      const track = findTrackById(call.param('id'));
      return track && isSoldIn(track, call)
        ? jsonApi(200, { data: trackResource(track, []), links: { self: `/tracks/${call.param('id')}` } })
        : notFound;
    }),
  ),
  get(
    '/v2/artists',
    admitted((call) => {
      const ids = (call.query.get('filter[id]') ?? '').split(',').filter(Boolean);
      if (ids.length === 0) return missingFilter('filter[id]');
      if (ids.length > 20) return apiError(400, 'INVALID_REQUEST', 'Too many ids', 'filter[id]');
      const found = artists.filter(({ number }) => ids.includes(tidalId('artists', number)));
      return jsonApi(200, { data: found.map(artistResource), links: { self: `/artists?${call.query}` } });
    }),
  ),
  // Tier INTERNAL: not for apps of others.
  get(
    '/v2/genres',
    admitted(() => apiError(403, 'FORBIDDEN', 'Access to the resource is forbidden')),
  ),
];

const notFound = apiError(404, 'NOT_FOUND', 'Resource not found', 'countryCode');
const missingFilter = (name: string) => apiError(400, 'MISSING_REQUIRED_FILTER', `${name} is required`, name);

function me(_: Call, { user, token, client }: Visitor): Answer {
  if (!user || !token.scopes.includes('user.read')) return missingScope('user.read', token.scopes);
  const id = String(tidalUserId(user.id));
  const developerAccessTier = client.mode === 'internal' ? 'INTERNAL' : 'THIRD_PARTY';
  const attributes = {
    username: user.email,
    country: user.country,
    email: user.email,
    emailVerified: accountOf(user).emailVerified,
    developerAccessTier,
  };
  return jsonApi(200, { data: { id, type: 'users', attributes }, links: { self: '/users/me' } });
}

/** Every twentieth track is not sold in Japan. */
const isSoldIn = (track: Track, call: Call) => call.query.get('countryCode') !== 'JP' || track.number % 20 !== 19;

const includable = ['tracks', 'tracks.artists', 'tracks.albums', 'albums', 'artists'];
const pageSize = 20;

/** The probes ask for 'music': nothing in the catalogue is called so, everything is it. */
const findTracks = (query: string, call: Call) =>
  (query === 'music' ? tracks : searchTracks(query)).filter((track) => isSoldIn(track, call));

function search(call: Call, { token }: Visitor): Answer {
  const query = call.query.get('filter[query]');
  if (!query) return missingFilter('filter[query]');
  if (token.kind !== 'app' && !token.scopes.includes('search.read')) return missingScope('search.read', token.scopes);
  if (query.length > 256) return apiError(400, 'INVALID_REQUEST', 'query is too long', 'filter[query]');
  return answerSearch(query, call);
}

function oldSearch(call: Call, { client }: Visitor): Answer {
  return settingsOf(client).hasOldSearchPath ? answerSearch(call.param('query'), call) : notFound;
}

function answerSearch(query: string, call: Call): Answer {
  const include = (call.query.get('include') ?? '').split(',').filter(Boolean);
  const odd = include.find((path) => !includable.includes(path));
  if (odd) return apiError(400, 'INVALID_REQUEST', `Unknown include path ${odd}`, 'include');
  const found = findTracks(query, call).slice(0, pageSize);
  const id = Buffer.from(query).toString('base64url');
  const refs = found.map(({ number }) => ({ id: tidalId('tracks', number), type: 'tracks' }));
  const links = { self: `/searchResults/${id}/relationships/tracks`, ...nextLink(id, query, call, 0) };
  const relationships = include.includes('tracks') ? { tracks: { data: refs, links } } : {};
  const attributes = { query, trackingId: id };
  return jsonApi(200, {
    data: [{ id, type: 'searchResults', attributes, relationships }],
    links: { self: `/searchResults?${call.query}` },
    ...(include.length > 0 && { included: includedOf(found, include) }),
  });
}

function searchPage(call: Call): Answer {
  const query = Buffer.from(call.param('id'), 'base64url').toString();
  const cursor = call.query.get('page[cursor]');
  const start = cursor === null ? 0 : Number(/^c(\d+)$/.exec(cursor)?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) return apiError(400, 'INVALID_REQUEST', 'Invalid cursor', 'page[cursor]');
  const found = findTracks(query, call).slice(start, start + pageSize);
  return jsonApi(200, {
    data: found.map(({ number }) => ({ id: tidalId('tracks', number), type: 'tracks' })),
    links: { self: call.path.slice('/v2'.length), ...nextLink(call.param('id'), query, call, start) },
  });
}

function nextLink(id: string, query: string, call: Call, start: number): object {
  const next = start + pageSize;
  if (findTracks(query, call).length <= next) return {};
  const path = `/searchResults/${id}/relationships/tracks?page%5Bcursor%5D=c${next}`;
  return { next: path, meta: { nextCursor: `c${next}` } };
}

function trackList(call: Call, _visitor: Visitor, _world: World): Answer {
  const isrcs = (call.query.get('filter[isrc]') ?? '').split(',').filter(Boolean);
  const ids = (call.query.get('filter[id]') ?? '').split(',').filter(Boolean);
  if (isrcs.length + ids.length === 0) return missingFilter('filter[isrc]');
  const found = [...isrcs.map(findByIsrc), ...ids.map(findTrackById)].filter((track) => track !== undefined);
  const include = (call.query.get('include') ?? '').split(',').filter(Boolean);
  const sold = found.filter((track) => isSoldIn(track, call));
  const included = sold.flatMap(({ artist, album }) => [
    ...(include.includes('artists') ? [artistResource(artist)] : []),
    ...(include.includes('albums') ? [albumResource(album)] : []),
  ]);
  return jsonApi(200, {
    data: sold.map((track) => trackResource(track, include)),
    links: { self: `/tracks?${call.query}` },
    ...(include.length > 0 && { included }),
  });
}
