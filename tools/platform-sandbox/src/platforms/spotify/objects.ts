import { albums, artists, tracks, type Album, type Artist, type Track } from '../../catalogue/catalogue';
import type { Call } from '../../http/call';
import { stableHex, stableText } from '../../state/random';
import type { Client, User } from '../../state/rows';
import { accountOf, isReduced } from './settings';

/** What shapes an object: where links go, and which fields the app may see. */
export interface View {
  readonly base: string;
  /** Fields that development mode lost are absent, not null: https://developer.spotify.com/documentation/web-api/references/changes/february-2026 */
  readonly isReduced: boolean;
  /** Whom the caller asks for: then tracks say whether they can be played there. */
  readonly market: string | null;
}

/** The view of an app. */
export const viewOf = (call: Call, client: Client): View => ({
  base: call.base,
  isReduced: isReduced(client),
  market: call.query.get('market'),
});

/** 22 characters of base62. */
export const spotifyId = (kind: 'track' | 'album' | 'artist' | 'playlist', number: number | string): string =>
  stableText(`spotify:${kind}:${number}`, 22);

const byId = <T extends { number: number }>(kind: 'track' | 'album' | 'artist', all: readonly T[]) =>
  new Map(all.map((item) => [spotifyId(kind, item.number), item]));

/** The catalogue by Spotify's ids. */
export const catalogueById = {
  tracks: byId('track', tracks),
  albums: byId('album', albums),
  artists: byId('artist', artists),
} as const;

/** An id has 22 characters, a good one or not. */
export const isSpotifyId = (id: string): boolean => /^[0-9A-Za-z]{22}$/.test(id);

const markets = ['US', 'DE', 'FR', 'GB', 'JP'];

function identity(kind: 'track' | 'album' | 'artist', number: number, { base }: View) {
  const id = spotifyId(kind, number);
  return {
    external_urls: { spotify: `https://open.spotify.com/${kind}/${id}` },
    href: `${base}/v1/${kind}s/${id}`,
    id,
    type: kind,
    uri: `spotify:${kind}:${id}`,
  };
}

const images = (seed: string) =>
  [640, 300, 64].map((size) => ({
    url: `https://i.scdn.co/image/${stableHex(`image:${seed}:${size}`, 40)}`,
    height: size,
    width: size,
  }));

/** An artist as it stands within other objects. */
export const simpleArtist = (artist: Artist, view: View) => ({
  ...identity('artist', artist.number, view),
  name: artist.name,
});

/** A whole artist. */
export const fullArtist = (artist: Artist, view: View) => ({
  ...simpleArtist(artist, view),
  genres: artist.genres,
  images: images(`artist:${artist.number}`),
  ...(!view.isReduced && {
    followers: { href: null, total: artist.popularity * 997 },
    popularity: artist.popularity,
  }),
});

/** An album as it stands within a track. */
export const simpleAlbum = (album: Album, view: View) => ({
  ...identity('album', album.number, view),
  album_type: 'album',
  total_tracks: album.trackNumbers.length,
  ...(!view.isReduced && { available_markets: markets }),
  images: images(`album:${album.number}`),
  name: album.name,
  release_date: album.releaseDate,
  release_date_precision: 'day',
  artists: [simpleArtist(album.artist, view)],
});

/** A whole album; its tracks are a page of their own. */
export const fullAlbum = (album: Album, view: View) => ({
  ...simpleAlbum(album, view),
  copyrights: [{ text: `${album.releaseDate.slice(0, 4)} ${album.label}`, type: 'C' }],
  external_ids: { upc: album.upc },
  genres: [],
  ...(!view.isReduced && { label: album.label, popularity: album.artist.popularity }),
});

/** A track as it stands within an album. */
export const simpleTrack = (track: Track, view: View) => ({
  ...identity('track', track.number, view),
  artists: [simpleArtist(track.artist, view)],
  ...(!view.isReduced && { available_markets: markets, preview_url: null }),
  disc_number: 1,
  duration_ms: track.durationMs,
  explicit: track.isExplicit,
  name: track.title,
  track_number: track.trackNumber,
  is_local: false,
  ...(view.market !== null && { is_playable: markets.includes(view.market) }),
});

/** A whole track. */
export const fullTrack = (track: Track, view: View) => ({
  ...simpleTrack(track, view),
  album: simpleAlbum(track.album, view),
  ...(!view.isReduced && { popularity: track.popularity }),
  external_ids: { isrc: track.isrc },
});

/** Somebody's profile, as `/me` has it; `account_id` is what stays. */
export const profile = (user: User, view: View) => ({
  account_id: stableText(`spotify:account:${user.id}`, 28),
  display_name: user.name,
  external_urls: { spotify: `https://open.spotify.com/user/${spotifyUserId(user)}` },
  href: `${view.base}/v1/users/${spotifyUserId(user)}`,
  id: spotifyUserId(user),
  images: images(`user:${user.id}`).slice(1),
  type: 'user',
  uri: `spotify:user:${spotifyUserId(user)}`,
  ...(!view.isReduced && {
    country: user.country,
    email: user.email,
    explicit_content: { filter_enabled: false, filter_locked: false },
    followers: { href: null, total: 7 },
    product: accountOf(user).product,
  }),
});

/** The id of somebody's account at Spotify. */
export const spotifyUserId = (user: User): string => `31${stableText(`spotify:user:${user.id}`, 24).toLowerCase()}`;
