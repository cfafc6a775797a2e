import { tracks, trackValue, type Album, type Artist, type Track } from '../../catalogue/catalogue';
import type { Call } from '../../http/call';
import { stableNumber } from '../../state/random';

const firstId = { tracks: 70_000_000, albums: 60_000_000, artists: 5_000_000 } as const;

/** Digits, as text. */
export const tidalId = (type: keyof typeof firstId, number: number): string => String(firstId[type] + number);

/** A track by its id at Tidal. */
export const findTrackById = (id: string): Track | undefined => tracks[Number(id) - firstId.tracks];

/** Every twentieth track is not sold in Japan. */
export const isSoldIn = (track: Track, call: Call): boolean =>
  call.query.get('countryCode') !== 'JP' || track.number % 20 !== 19;

/** An artist. */
export const artistResource = ({ number, name, popularity }: Artist) => ({
  id: tidalId('artists', number),
  type: 'artists',
  attributes: { name, popularity: popularity / 100 },
});

/** An album. */
export function albumResource({ number, name, artist, releaseDate, upc, label, trackNumbers }: Album) {
  const own = trackNumbers.flatMap((at) => tracks[at] ?? []);
  return {
    id: tidalId('albums', number),
    type: 'albums',
    attributes: {
      title: name,
      barcodeId: upc,
      releaseDate,
      duration: durationOf(own.reduce((sum, { durationMs }) => sum + durationMs, 0)),
      explicit: own.some(({ isExplicit }) => isExplicit),
      mediaTags: ['LOSSLESS'],
      numberOfItems: own.length,
      numberOfVolumes: 1,
      popularity: artist.popularity / 100,
      copyright: { text: label },
      albumType: 'ALBUM',
      type: 'ALBUM',
    },
  };
}

const durationOf = (ms: number) => `PT${Math.floor(ms / 60_000)}M${Math.floor((ms % 60_000) / 1000)}S`;

const keys = ['C', 'CSharp', 'D', 'Eb', 'E', 'F', 'FSharp', 'G', 'Ab', 'A', 'Bb', 'B'];

/** A track; relationships stand in it only if they were asked for. */
export function trackResource(track: Track, include: readonly string[]) {
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
      duration: durationOf(track.durationMs),
      explicit: track.isExplicit,
      popularity: track.popularity / 100,
      key: keys[stableNumber(`key:${track.number}`, keys.length)],
      keyScale: stableNumber(`mode:${track.number}`, 2) === 1 ? 'MAJOR' : 'MINOR',
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
