import { albums, artists, tracks, type Album, type Artist, type Track } from '../../catalogue/catalogue';

/** What can be asked for by its id. */
const kinds = ['songs', 'albums', 'artists'] as const;
type Kind = (typeof kinds)[number];

/** Whether there are such resources here. */
export const isKind = (type: string): type is Kind => kinds.some((kind) => kind === type);

const firstId: Record<Kind, number> = { songs: 1_600_000_000, albums: 1_500_000_000, artists: 1_400_000_000 };
const idOf = (type: Kind, { number }: { number: number }) => String(firstId[type] + number);

/** A resource by its id, with what it belongs to. */
export function findResource(type: Kind, id: string, store: string): object | undefined {
  const number = Number(id) - firstId[type];
  const [track, album, artist] = [tracks[number], albums[number], artists[number]];
  if (type === 'songs') return track && { ...song(track, store), relationships: relationshipsOf(track, store) };
  if (type === 'albums') return album && wholeAlbum(album, store);
  return artist && wholeArtist(artist, store);
}

/** https://developer.apple.com/documentation/applemusicapi/songs/attributes-data.dictionary */
export const song = (track: Track, store: string) => ({
  ...identity('songs', track, store),
  attributes: {
    name: track.title,
    artistName: track.artist.name,
    albumName: track.album.name,
    ...(track.isExplicit && { contentRating: 'explicit' }),
    artwork,
    discNumber: 1,
    durationInMillis: track.durationMs,
    genreNames: genresOf(track.artist),
    hasLyrics: false,
    isrc: track.isrc,
    playParams: { id: idOf('songs', track), kind: 'song' },
    previews: [],
    releaseDate: track.album.releaseDate,
    trackNumber: track.trackNumber,
    url: `https://music.apple.com/${store}/song/${idOf('songs', track)}`,
  },
});

const artwork = { url: 'https://is1-ssl.mzstatic.com/image/{w}x{h}bb.jpg', width: 3000, height: 3000 };

const genresOf = ({ genres }: Artist) => [...genres, 'Music'];

const identity = (type: Kind, item: { number: number }, store: string) => ({
  id: idOf(type, item),
  type,
  href: `/v1/catalog/${store}/${type}/${idOf(type, item)}`,
});

/** Of what is related there are only ids unless one asks for more. */
const related = (type: Kind, items: readonly { number: number }[], of: { href: string }, store: string) => ({
  href: `${of.href}/${type === 'songs' ? 'tracks' : type}`,
  data: items.map((item) => identity(type, item, store)),
});

function relationshipsOf(track: Track, store: string) {
  const own = identity('songs', track, store);
  return {
    albums: related('albums', [track.album], own, store),
    artists: related('artists', [track.artist], own, store),
  };
}

/** An album comes with its songs: https://developer.apple.com/documentation/applemusicapi/albums */
function wholeAlbum(album: Album, store: string) {
  const own = identity('albums', album, store);
  const songs = album.trackNumbers.flatMap((number) => tracks[number] ?? []);
  return {
    ...own,
    attributes: {
      name: album.name,
      artistName: album.artist.name,
      artwork,
      genreNames: genresOf(album.artist),
      isComplete: true,
      isSingle: false,
      playParams: { id: own.id, kind: 'album' },
      recordLabel: album.label,
      releaseDate: album.releaseDate,
      trackCount: songs.length,
      upc: album.upc,
      url: `https://music.apple.com/${store}/album/${own.id}`,
    },
    relationships: {
      artists: related('artists', [album.artist], own, store),
      tracks: { href: `${own.href}/tracks`, data: songs.map((track) => song(track, store)) },
    },
  };
}

function wholeArtist(artist: Artist, store: string) {
  const own = identity('artists', artist, store);
  const records = albums.filter((album) => album.artist === artist);
  return {
    ...own,
    attributes: {
      name: artist.name,
      genreNames: genresOf(artist),
      url: `https://music.apple.com/${store}/artist/${own.id}`,
    },
    relationships: { albums: related('albums', records, own, store) },
  };
}
