import { tracks } from '../../catalogue/catalogue';
import { favourites, playsBefore } from '../../catalogue/listening';
import { json, type Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import type { Route } from '../../http/route';
import type { User } from '../../state/rows';
import type { World } from '../../state/world';
import { personal, type Visitor } from './guard';
import { fullArtist, fullTrack, profile, spotifyId, viewOf } from './objects';
import { offsetPage } from './paging';
import { apiError } from './problems';
import { accountOf } from './settings';

/** Spotify remembers no more for this endpoint, whatever `before` and `after` say. */
const playsMax = 50;

type Me = Visitor & { user: User };

/** https://developer.spotify.com/documentation/web-api/reference/get-current-users-profile and the others below /me. */
export const personalRoutes: Route[] = [
  personal('/v1/me', {}, (call, { client, user }) => json(200, profile(user, viewOf(call, client)))),
  personal('/v1/me/player/recently-played', { scope: 'user-read-recently-played' }, recentlyPlayed),
  personal('/v1/me/top/:type', { scope: 'user-top-read' }, top),
  personal('/v1/me/tracks', { scope: 'user-library-read' }, savedTracks),
  personal('/v1/me/following', { scope: 'user-follow-read' }, (call, { client, user }) => {
    const items = topArtists(user, 'following').map((artist) => fullArtist(artist, viewOf(call, client)));
    const page = { href: `${call.base}${call.path}?type=artist`, limit: 20, next: null, cursors: { after: null } };
    return json(200, { artists: { ...page, total: items.length, items } });
  }),
];

/** https://developer.spotify.com/documentation/web-api/reference/get-recently-played */
function recentlyPlayed(call: Call, { client, user }: Me, world: World): Answer {
  const limit = call.integer('limit', 20, { min: 1, max: playsMax });
  const [after, before] = [call.query.get('after'), call.query.get('before')];
  if (limit === undefined) return apiError(400, 'Invalid limit');
  if (after !== null && before !== null) return apiError(400, 'Only one of before and after may be given');
  const plays = playsBefore(user, accountOf(user), world.clock.now(), playsMax).filter(
    ({ playedAt }) => (after === null || playedAt > Number(after)) && (before === null || playedAt < Number(before)),
  );
  // After `after` come the oldest ones first, in pages that are still sorted newest first.
  const page = after === null ? plays.slice(0, limit) : plays.slice(-limit);
  const [newest, oldest] = [page[0], page.at(-1)];
  const href = `${call.base}${call.path}`;
  const end = { href: `${href}?limit=${limit}`, limit, next: null, cursors: null, items: [] };
  if (!newest || !oldest) return json(200, end);
  const cursors = { after: String(newest.playedAt), before: String(oldest.playedAt) };
  const items = page.map(({ track, playedAt, isFromPlaylist }) => ({
    track: fullTrack(track, viewOf(call, client)),
    played_at: new Date(playedAt).toISOString(),
    context: isFromPlaylist ? context(user, call.base) : null,
  }));
  return json(200, { ...end, next: `${href}?before=${cursors.before}&limit=${limit}`, cursors, items });
}

function context(user: User, base: string) {
  const id = spotifyId('playlist', `${user.id}:0`);
  return {
    type: 'playlist',
    href: `${base}/v1/playlists/${id}`,
    external_urls: { spotify: `https://open.spotify.com/playlist/${id}` },
    uri: `spotify:playlist:${id}`,
  };
}

/** https://developer.spotify.com/documentation/web-api/reference/get-users-top-artists-and-tracks */
function top(call: Call, { client, user }: Me): Answer {
  const range = call.query.get('time_range') ?? 'medium_term';
  if (!['short_term', 'medium_term', 'long_term'].includes(range)) return apiError(400, 'invalid time_range');
  const view = viewOf(call, client);
  switch (call.param('type')) {
    case 'tracks':
      return page(offsetPage(call, favourites(user, `top:${range}`, 60), (track) => fullTrack(track, view)));
    case 'artists':
      return page(offsetPage(call, topArtists(user, range), (artist) => fullArtist(artist, view)));
    default:
      return apiError(404, 'Not found.');
  }
}

const topArtists = (user: User, purpose: string) => [
  ...new Set(favourites(user, `top:${purpose}`, tracks.length / 2).map(({ artist }) => artist)),
];

function savedTracks(call: Call, { client, user }: Me): Answer {
  const saved = favourites(user, 'saved', Math.min(accountOf(user).savedTracks, tracks.length));
  const show = (track: (typeof saved)[number]) => ({
    // One a day, back from a fixed day: what is saved does not move with the clock.
    added_at: new Date(Date.UTC(2026, 9, 1) - saved.indexOf(track) * 86_400_000).toISOString().replace('.000', ''),
    track: fullTrack(track, viewOf(call, client)),
  });
  return page(offsetPage(call, saved, show));
}

const page = (result: object | Answer): Answer => ('status' in result ? (result as Answer) : json(200, result));
