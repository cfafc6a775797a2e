import { searchTracks, tracks } from '../../catalogue/catalogue';
import type { Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import { get, type Route } from '../../http/route';
import { admitted, type Visitor } from './guard';
import { apiError, jsonApi, missingFilter, missingScope, notFound } from './problems';
import { includedOf, isSoldIn, tidalId } from './resources';
import { settingsOf } from './settings';

/** https://tidal-music.github.io/tidal-api-reference; until August 2026 a search went by its words, since then by an id of its own. */
export const searchRoutes: Route[] = [
  get('/v2/searchResults', admitted(search)),
  get('/v2/searchResults/:id', admitted(oldSearch)),
  get('/v2/searchResults/:id/relationships/tracks', admitted(page)),
];

const includable = ['tracks', 'tracks.artists', 'tracks.albums', 'albums', 'artists'];
const pageSize = 20;

const idPrefix = 'sr.';
const idOf = (words: string) => idPrefix + Buffer.from(words).toString('base64url');

/** The probes ask for 'music': nothing in the catalogue is called so, everything is it. */
const findTracks = (words: string, call: Call) =>
  (words === 'music' ? tracks : searchTracks(words)).filter((track) => isSoldIn(track, call));

function search(call: Call, { token }: Visitor): Answer {
  const words = call.query.get('filter[query]');
  if (!words) return missingFilter('filter[query]');
  if (token.kind !== 'app' && !token.scopes.includes('search.read')) return missingScope('search.read', token.scopes);
  if (words.length > 256) return apiError(400, 'INVALID_REQUEST', 'query is too long', 'filter[query]');
  return answer(idOf(words), words, call, (resource) => ({ data: [resource] }));
}

function oldSearch(call: Call, { client }: Visitor): Answer {
  const words = call.param('id');
  if (!settingsOf(client).hasOldSearchPath) return notFound;
  return answer(words, words, call, (resource) => ({ data: resource }));
}

function answer(id: string, words: string, call: Call, document: (resource: object) => object): Answer {
  const include = call.list('include');
  const odd = include.find((path) => !includable.includes(path));
  if (odd) return apiError(400, 'INVALID_REQUEST', `Unknown include path ${odd}`, 'include');
  const found = findTracks(words, call).slice(0, pageSize);
  const data = found.map(({ number }) => ({ id: tidalId('tracks', number), type: 'tracks' }));
  const links = { self: pathOf(id), ...nextLink(id, words, call, 0) };
  const relationships = include.includes('tracks') ? { tracks: { data, links } } : {};
  const attributes = { query: words, trackingId: idOf(words) };
  return jsonApi(200, {
    ...document({ id, type: 'searchResults', attributes, relationships }),
    links: { self: `${call.path.slice('/v2'.length)}?${call.query}` },
    ...(include.length > 0 && { included: includedOf(found, include) }),
  });
}

function page(call: Call, { client }: Visitor): Answer {
  const id = call.param('id');
  const isNew = id.startsWith(idPrefix);
  if (!isNew && !settingsOf(client).hasOldSearchPath) return notFound;
  const words = isNew ? Buffer.from(id.slice(idPrefix.length), 'base64url').toString() : id;
  const cursor = call.query.get('page[cursor]');
  const start = cursor === null ? 0 : Number(/^c(\d+)$/.exec(cursor)?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) return apiError(400, 'INVALID_REQUEST', 'Invalid cursor', 'page[cursor]');
  const found = findTracks(words, call).slice(start, start + pageSize);
  return jsonApi(200, {
    data: found.map(({ number }) => ({ id: tidalId('tracks', number), type: 'tracks' })),
    links: { self: pathOf(id), ...nextLink(id, words, call, start) },
  });
}

const pathOf = (id: string) => `/searchResults/${encodeURIComponent(id)}/relationships/tracks`;

function nextLink(id: string, words: string, call: Call, start: number): object {
  const next = start + pageSize;
  if (findTracks(words, call).length <= next) return {};
  return { next: `${pathOf(id)}?page%5Bcursor%5D=c${next}`, meta: { nextCursor: `c${next}` } };
}
