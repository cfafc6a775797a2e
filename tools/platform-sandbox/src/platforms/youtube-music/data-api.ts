import { searchTracks, tracks, type Track } from '../../catalogue/catalogue';
import { json, type Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import { get, type Handler, type Route } from '../../http/route';
import { stableText } from '../../state/random';
import type { World } from '../../state/world';
import { selectFields } from './fields';
import { admit, type Visitor } from './guard';
import { badParameter, problems } from './problems';
import { accountOf } from './settings';

const reading = ['youtube.readonly', 'youtube', 'youtube.force-ssl'].map(
  (name) => `https://www.googleapis.com/auth/${name}`,
);
const regions = { DE: 'Germany', FR: 'France', GB: 'United Kingdom', JP: 'Japan', US: 'United States' };

/** 11 characters. */
export const videoId = (track: Track): string => stableText(`youtube:${track.number}`, 11);

/** https://developers.google.com/youtube/v3/docs */
export const dataApiRoutes: Route[] = [
  get('/youtube/v3/i18nRegions', method('units', regionList)),
  get('/youtube/v3/channels', method('units', channelList)),
  get('/youtube/v3/search', method('searches', search)),
  get('/youtube/v3/videos', method('units', videoList)),
];

/** Every request costs, also one that is refused. */
function method(bucket: 'units' | 'searches', list: (call: Call, visitor: Visitor) => object | Answer): Handler {
  return (call: Call, world: World) => {
    const visitor = admit(call, bucket, world);
    if ('status' in visitor) return visitor;
    if (!call.query.get('part')) return badParameter('missingRequiredParameter', 'Required parameter: part');
    const result = list(call, visitor);
    if ('status' in result) return result as Answer;
    const fields = call.query.get('fields');
    return json(200, fields === null ? result : selectFields(result, fields));
  };
}

const etag = 'sandbox-etag';

/** What was asked for of a resource. */
function partsOf(call: Call, parts: Readonly<Record<string, object>>): object {
  const wanted = call.list('part');
  return Object.fromEntries(Object.entries(parts).filter(([name]) => wanted.includes(name)));
}

function regionList(): object {
  const items = Object.entries(regions).map(([gl, name]) => ({
    kind: 'youtube#i18nRegion',
    etag,
    id: gl,
    snippet: { gl, name },
  }));
  return { kind: 'youtube#i18nRegionListResponse', etag, items };
}

function channelList(call: Call, { user, scopes }: Visitor): object | Answer {
  if (call.query.get('mine') !== 'true') return badParameter('missingRequiredParameter', 'No filter selected.');
  if (!user) return problems.invalidCredentials;
  if (!scopes.some((scope) => reading.includes(scope))) return problems.insufficientScope;
  const { channel } = accountOf(user);
  if (channel === 'signup_required') return problems.signupRequired;
  if (channel === 'closed') return problems.accountClosed;
  if (channel === 'suspended') return problems.accountSuspended;
  const total = channel === 'yes' ? 1 : 0;
  const about = { title: user.name, description: '', publishedAt: '2012-05-04T10:00:00Z', country: user.country };
  const own = partsOf(call, { snippet: { ...about, thumbnails: {} } });
  const item = { kind: 'youtube#channel', etag, id: `UC${stableText(`channel:${user.id}`, 22)}`, ...own };
  return {
    kind: 'youtube#channelListResponse',
    etag,
    pageInfo: { totalResults: total, resultsPerPage: 5 },
    // Without a channel the list is not empty: it is not there.
    ...(total > 0 && { items: [item] }),
  };
}

function search(call: Call): object | Answer {
  const size = call.integer('maxResults', 5, { min: 0, max: 50 });
  if (size === undefined) return badParameter('invalidParameter', 'Invalid value for maxResults.');
  const token = call.query.get('pageToken');
  const start = token === null ? 0 : Number(/^SBX(\d+)$/.exec(token)?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) return badParameter('invalidPageToken', 'The request specifies an invalid page token.');
  const query = call.query.get('q') ?? '';
  // The probes ask for 'music': nothing in the catalogue is called so, everything is it.
  const found = query === 'music' ? tracks : searchTracks(query);
  return {
    kind: 'youtube#searchListResponse',
    etag,
    ...(start + size < found.length && { nextPageToken: `SBX${start + size}` }),
    regionCode: call.query.get('regionCode') ?? 'US',
    pageInfo: { totalResults: found.length, resultsPerPage: size },
    items: found.slice(start, start + size).map((track) => ({
      kind: 'youtube#searchResult',
      etag,
      id: { kind: 'youtube#video', videoId: videoId(track) },
      ...partsOf(call, { snippet: snippet(track) }),
    })),
  };
}

function videoList(call: Call): object {
  const wanted = call.list('id');
  const items = tracks.filter((track) => wanted.includes(videoId(track)));
  return {
    kind: 'youtube#videoListResponse',
    etag,
    pageInfo: { totalResults: items.length, resultsPerPage: items.length },
    items: items.map((track) => ({
      kind: 'youtube#video',
      etag,
      id: videoId(track),
      ...partsOf(call, {
        snippet: snippet(track),
        contentDetails: { duration: `PT${Math.floor(track.durationMs / 1000)}S` },
      }),
    })),
  };
}

const snippet = (track: Track) => ({
  publishedAt: `${track.album.releaseDate}T00:00:00Z`,
  channelId: `UC${stableText(`artist:${track.artist.number}`, 22)}`,
  title: `${track.artist.name} &amp; Friends - ${track.title}`,
  description: '',
  thumbnails: {},
  channelTitle: `${track.artist.name} - Topic`,
  liveBroadcastContent: 'none',
});
