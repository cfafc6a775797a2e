import { favourites } from '../../catalogue/listening';
import { json, type Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import type { Route } from '../../http/route';
import type { User } from '../../state/rows';
import type { World } from '../../state/world';
import { open, personal, type Visitor } from './guard';
import { fullTrack, spotifyId, spotifyUserId, viewOf, type View } from './objects';
import { offsetPage } from './paging';
import { apiError, forbidden } from './problems';
import { isReduced } from './settings';

const names = ['Morning', 'Work', 'Long drives'];

interface Playlist {
  readonly id: string;
  readonly name: string;
  readonly owner: User;
}

/** https://developer.spotify.com/documentation/web-api/reference/get-playlist; everybody has three. */
export const playlistRoutes: Route[] = [
  personal('/v1/me/playlists', { scope: 'playlist-read-private' }, (call, { client, user }) => {
    const view = viewOf(call, client);
    return page(offsetPage(call, playlistsOf(user), (playlist) => summary(playlist, view)));
  }),
  open('/v1/playlists/:id', {}, (call, visitor, world) => {
    const playlist = find(call, world);
    if (!playlist) return apiError(404, 'Resource not found');
    const view = viewOf(call, visitor.client);
    const isHidden = isReduced(visitor.client) && playlist.owner.id !== visitor.user?.id;
    return json(200, {
      ...summary(playlist, view),
      ...(!isHidden && { [view.isReduced ? 'items' : 'tracks']: items(call, playlist, view) }),
    });
  }),
  open('/v1/playlists/:id/items', { scope: 'playlist-read-private' }, contents),
  open('/v1/playlists/:id/tracks', { scope: 'playlist-read-private', closed: 'february_2026' }, contents),
];

const playlistsOf = (owner: User): Playlist[] =>
  names.map((name, index) => ({ id: spotifyId('playlist', `${owner.id}:${index}`), name, owner }));

const find = (call: Call, world: World) =>
  world.users
    .list()
    .flatMap(playlistsOf)
    .find(({ id }) => id === call.param('id'));

function contents(call: Call, { client, user }: Visitor, world: World): Answer {
  const playlist = find(call, world);
  if (!playlist) return apiError(404, 'Resource not found');
  if (isReduced(client) && playlist.owner.id !== user?.id) return forbidden.notOwner;
  return page(items(call, playlist, viewOf(call, client)));
}

const items = (call: Call, { id, owner }: Playlist, view: View) =>
  offsetPage(call, favourites(owner, id, 30), (track) => ({
    added_at: '2026-09-01T12:00:00Z',
    is_local: false,
    [view.isReduced ? 'item' : 'track']: fullTrack(track, view),
  }));

const summary = ({ id, name, owner }: Playlist, { base }: View) => ({
  collaborative: false,
  description: '',
  external_urls: { spotify: `https://open.spotify.com/playlist/${id}` },
  href: `${base}/v1/playlists/${id}`,
  id,
  images: [],
  name,
  owner: { display_name: owner.name, id: spotifyUserId(owner), type: 'user' },
  public: false,
  type: 'playlist',
  uri: `spotify:playlist:${id}`,
});

const page = (result: object | Answer): Answer => ('status' in result ? (result as Answer) : json(200, result));
