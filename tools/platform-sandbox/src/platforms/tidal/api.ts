import { albums, artists, findByIsrc, type Track } from '../../catalogue/catalogue';
import type { Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import { get, type Route } from '../../http/route';
import { admitted, type Visitor } from './guard';
import { tidalUserId } from './login';
import { apiError, jsonApi, missingFilter, missingScope, notFound } from './problems';
import { albumResource, artistResource, findTrackById, isSoldIn, tidalId, trackResource } from './resources';
import { searchRoutes } from './search';
import { accountOf } from './settings';

/** https://tidal-music.github.io/tidal-api-reference */
export const apiRoutes: Route[] = [
  get('/v2/users/me', admitted(me)),
  ...searchRoutes,
  get('/v2/tracks', admitted(trackList)),
  get('/v2/tracks/:id', admitted(oneTrack)),
  get('/v2/artists', admitted(artistList)),
  get('/v2/artists/:id', admitted(one('artists', artists, artistResource))),
  get('/v2/albums/:id', admitted(one('albums', albums, albumResource))),
  // Tier INTERNAL: not for apps of others.
  get(
    '/v2/genres',
    admitted(() => apiError(403, 'FORBIDDEN', 'Access to the resource is forbidden')),
  ),
];

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

function one<T extends { number: number }>(type: 'artists' | 'albums', all: readonly T[], show: (item: T) => object) {
  return (call: Call): Answer => {
    const found = all.find(({ number }) => tidalId(type, number) === call.param('id'));
    return found ? jsonApi(200, { data: show(found), links: { self: `/${type}/${call.param('id')}` } }) : notFound;
  };
}

function artistList(call: Call): Answer {
  const ids = call.list('filter[id]');
  if (ids.length === 0) return missingFilter('filter[id]');
  if (ids.length > 20) return apiError(400, 'INVALID_REQUEST', 'Too many ids', 'filter[id]');
  const found = artists.filter(({ number }) => ids.includes(tidalId('artists', number)));
  return jsonApi(200, { data: found.map(artistResource), links: { self: `/artists?${call.query}` } });
}

function oneTrack(call: Call): Answer {
  const track = findTrackById(call.param('id'));
  if (!track || !isSoldIn(track, call)) return notFound;
  const include = call.list('include');
  const links = { self: `/tracks/${call.param('id')}` };
  return jsonApi(200, { data: trackResource(track, include), links, ...includedIn([track], include) });
}

function trackList(call: Call): Answer {
  const [isrcs, ids] = [call.list('filter[isrc]'), call.list('filter[id]')];
  if (isrcs.length + ids.length === 0) return missingFilter('filter[isrc]');
  const found = [...isrcs.map(findByIsrc), ...ids.map(findTrackById)].filter((track) => track !== undefined);
  const include = call.list('include');
  const sold = found.filter((track) => isSoldIn(track, call));
  return jsonApi(200, {
    data: sold.map((track) => trackResource(track, include)),
    links: { self: `/tracks?${call.query}` },
    ...includedIn(sold, include),
  });
}

function includedIn(found: readonly Track[], include: readonly string[]): object {
  if (include.length === 0) return {};
  const included = found.flatMap(({ artist, album }) => [
    ...(include.includes('artists') ? [artistResource(artist)] : []),
    ...(include.includes('albums') ? [albumResource(album)] : []),
  ]);
  return { included };
}
