import { findByIsrc, searchTracks, tracks, type Album, type Track } from '../../catalogue/catalogue';
import { json, type Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import type { Route } from '../../http/route';
import { open, type Visitor } from './guard';
import {
  catalogueById,
  fullAlbum,
  fullArtist,
  fullTrack,
  isSpotifyId,
  simpleAlbum,
  simpleTrack,
  viewOf,
  type View,
} from './objects';
import { idList, offsetPage } from './paging';
import { apiError } from './problems';
import { isReduced } from './settings';

const closed = { closed: 'february_2026' } as const;

/** https://developer.spotify.com/documentation/web-api/reference/get-track and the others that need no user. */
export const catalogueRoutes: Route[] = [
  open('/v1/tracks', closed, (call, { client }) =>
    many(call, 'tracks', (id) => shown(catalogueById.tracks.get(id), viewOf(call, client), fullTrack)),
  ),
  open('/v1/artists', closed, (call, { client }) =>
    many(call, 'artists', (id) => shown(catalogueById.artists.get(id), viewOf(call, client), fullArtist)),
  ),
  open('/v1/albums', closed, (call, { client }) =>
    many(call, 'albums', (id) => shown(catalogueById.albums.get(id), viewOf(call, client), wholeAlbum)),
  ),
  open('/v1/tracks/:id', {}, (call, { client }) => one(call, client, catalogueById.tracks, fullTrack)),
  open('/v1/artists/:id', {}, (call, { client }) => one(call, client, catalogueById.artists, fullArtist)),
  open('/v1/albums/:id', {}, (call, { client }) => one(call, client, catalogueById.albums, wholeAlbum)),
  open('/v1/albums/:id/tracks', {}, (call, { client }) => {
    const album = catalogueById.albums.get(call.param('id'));
    if (!album) return apiError(404, 'Resource not found');
    const view = viewOf(call, client);
    const page = offsetPage(call, tracksOf(album), (track) => simpleTrack(track, view));
    return 'status' in page ? (page as Answer) : json(200, page);
  }),
  open('/v1/artists/:id/top-tracks', closed, (call, { client }) => {
    const own = tracks.filter(({ artist }) => catalogueById.artists.get(call.param('id')) === artist);
    return json(200, { tracks: own.map((track) => fullTrack(track, viewOf(call, client))) });
  }),
  open('/v1/artists/:id/related-artists', { closed: 'november_2024' }, (call, { client }) => {
    const others = [...catalogueById.artists.values()].slice(0, 20);
    return json(200, { artists: others.map((artist) => fullArtist(artist, viewOf(call, client))) });
  }),
  open('/v1/markets', closed, () => json(200, { markets: ['US', 'DE', 'FR', 'GB', 'JP'] })),
  open('/v1/browse/new-releases', closed, () => json(200, { albums: { items: [], total: 0 } })),
  open('/v1/search', {}, search),
];

const tracksOf = (album: Album) => tracks.filter((track) => track.album === album);

/** The first page of its tracks is in it, and this is all of them. */
function wholeAlbum(album: Album, view: View) {
  const own = fullAlbum(album, view);
  const items = tracksOf(album).map((track) => simpleTrack(track, view));
  const page = { limit: 50, next: null, offset: 0, previous: null, total: items.length };
  return { ...own, tracks: { href: `${own.href}/tracks?offset=0&limit=50`, ...page, items } };
}

type Show<T> = (item: T, view: View) => unknown;

const shown = <T>(item: T | undefined, view: View, show: Show<T>) => (item === undefined ? null : show(item, view));

/** In the order in which they were asked for; null for what does not exist. */
function many(call: Call, key: string, find: (id: string) => unknown): Answer {
  const ids = idList(call, 50);
  return Array.isArray(ids) ? json(200, { [key]: ids.map(find) }) : ids;
}

function one<T>(call: Call, client: Visitor['client'], all: ReadonlyMap<string, T>, show: Show<T>): Answer {
  const id = call.param('id');
  if (!isSpotifyId(id)) return apiError(400, 'Invalid base62 id');
  const item = all.get(id);
  return item === undefined ? apiError(404, 'Resource not found') : json(200, show(item, viewOf(call, client)));
}

/** https://developer.spotify.com/documentation/web-api/reference/search; development mode gets 10 at most, and 5 unless it asks. */
function search(call: Call, { client }: Visitor): Answer {
  const query = call.query.get('q');
  if (!query) return apiError(400, 'No search query');
  const types = (call.query.get('type') ?? '').split(',').filter(Boolean);
  if (types.length === 0) return apiError(400, 'Missing parameter type');
  const limits = isReduced(client) ? { max: 10, fallback: 5 } : { max: 50, fallback: 20 };
  const found = findTracks(query);
  const view = viewOf(call, client);
  const result: Record<string, unknown> = {};
  for (const type of types) {
    const page =
      type === 'track'
        ? offsetPage(call, found, (track) => fullTrack(track, view), limits)
        : type === 'artist'
          ? offsetPage(call, [...new Set(found.map(({ artist }) => artist))], (item) => fullArtist(item, view), limits)
          : type === 'album'
            ? offsetPage(call, [...new Set(found.map(({ album }) => album))], (item) => simpleAlbum(item, view), limits)
            : offsetPage(call, [], () => null, limits);
    if ('status' in page) return page as Answer;
    result[`${type}s`] = page;
  }
  return json(200, result);
}

/** Words, and the filters `isrc: track: artist: album:`. */
function findTracks(query: string): Track[] {
  const isrc = /isrc:"?(\w+)"?/i.exec(query)?.[1];
  if (isrc) return [findByIsrc(isrc)].filter((track) => track !== undefined);
  return searchTracks(query.replace(/\b(track|artist|album):/gi, '').replaceAll('"', ''));
}
