import { tracks, trackValue, type Album, type Artist, type Track } from '../../catalogue/catalogue';

const firstId = { tracks: 70_000_000, albums: 60_000_000, artists: 5_000_000 } as const;

/** Digits, as text. */
export const tidalId = (type: keyof typeof firstId, number: number): string => String(firstId[type] + number);

/** A track by its id at Tidal. */
export const findTrackById = (id: string): Track | undefined => tracks[Number(id) - firstId.tracks];

/** An artist. */
export const artistResource = ({ number, name, popularity }: Artist) => ({
  id: tidalId('artists', number),
  type: 'artists',
  attributes: { name, popularity: popularity / 100 },
});

/** An album. */
export const albumResource = ({ number, name, releaseDate, upc, label }: Album) => ({
  id: tidalId('albums', number),
  type: 'albums',
  attributes: { title: name, barcodeId: upc, releaseDate, copyright: { text: label }, type: 'ALBUM' },
});

/** A track; relationships stand in it only if they were asked for. */
export function trackResource(track: Track, include: readonly string[]) {
  const minutes = Math.floor(track.durationMs / 60_000);
  const seconds = Math.floor((track.durationMs % 60_000) / 1000);
  const relationships = {
    ...(include.includes('artists') && {
      artists: { data: [{ id: tidalId('artists', track.artist.number), type: 'artists' }] },
    }),
    ...(include.includes('albums') && {
      albums: { data: [{ id: tidalId('albums', track.album.number), type: 'albums' }] },
    }),
  };
  return {
    id: tidalId('tracks', track.number),
    type: 'tracks',
    attributes: {
      title: track.title,
      isrc: track.isrc,
      duration: `PT${minutes}M${seconds}S`,
      explicit: track.isExplicit,
      popularity: track.popularity / 100,
      mediaTags: ['LOSSLESS'],
      bpm: trackValue(track, 'tempo', 60, 200),
      copyright: { text: track.album.label },
    },
    ...(Object.keys(relationships).length > 0 && { relationships }),
  };
}

/** Full objects for `included`, each once. */
export function includedOf(found: readonly Track[], include: readonly string[]): object[] {
  const below = include.filter((path) => path.startsWith('tracks.')).map((path) => path.slice('tracks.'.length));
  const withArtists = include.includes('artists') || below.includes('artists');
  const withAlbums = include.includes('albums') || below.includes('albums');
  return [
    ...(include.includes('tracks') ? found.map((track) => trackResource(track, below)) : []),
    ...(withArtists ? [...new Set(found.map(({ artist }) => artist))].map(artistResource) : []),
    ...(withAlbums ? [...new Set(found.map(({ album }) => album))].map(albumResource) : []),
  ];
}
