import { stableFraction, stableNumber } from '../state/random';

/** An artist nobody has heard of. */
export interface Artist {
  readonly number: number;
  readonly name: string;
  readonly genres: readonly string[];
  readonly popularity: number;
}

/** A record that was never made. */
export interface Album {
  readonly number: number;
  readonly name: string;
  readonly artist: Artist;
  readonly releaseDate: string;
  readonly upc: string;
  readonly label: string;
  readonly trackNumbers: readonly number[];
}

/** A track that does not exist; the same one at every platform. */
export interface Track {
  readonly number: number;
  readonly title: string;
  readonly artist: Artist;
  readonly album: Album;
  readonly trackNumber: number;
  readonly isrc: string;
  readonly durationMs: number;
  readonly isExplicit: boolean;
  readonly popularity: number;
}

const albumsPerArtist = 2;
const tracksPerAlbum = 5;

const first = 'Velvet Copper Paper Northern Quiet Electric Hollow Golden Distant Glass Salt Midnight'.split(' ');
const second = 'Harbour Lanterns Foxes Static Orchard Parade Engines Meadow Tides Mirrors Cartographers Rain'.split(
  ' ',
);
const verbs = 'Leaving Counting Burning Finding Chasing Folding Losing Drawing Waking Crossing'.split(' ');
const objects =
  'the Shore,Tomorrow,Satellites,the Map,Winter Light,Small Hours,the Engine,Paper Boats,Home,the Wires'.split(',');
const genres = ['indie pop', 'ambient', 'synthwave', 'folk', 'deep house', 'jazz', 'post-rock', 'hip hop'];

const pick = <T>(from: readonly T[], index: number): T => from[index % from.length] as T;

/** 24 artists. */
export const artists: readonly Artist[] = Array.from({ length: 24 }, (_, number) => ({
  number,
  name: `${pick(first, number)} ${pick(second, number * 5 + 3 + 2 * Math.floor(number / first.length))}`,
  genres: [pick(genres, number), pick(genres, number + 3)],
  popularity: 20 + stableNumber(`artist:${number}`, 70),
}));

/** Two albums of each artist. */
export const albums: readonly Album[] = Array.from({ length: artists.length * albumsPerArtist }, (_, number) => ({
  number,
  name: `${pick(verbs, number * 3)} ${pick(objects, number * 7 + 1)}`,
  artist: pick(artists, Math.floor(number / albumsPerArtist)),
  releaseDate: `${2004 + stableNumber(`year:${number}`, 21)}-${two(1 + stableNumber(`month:${number}`, 12))}-${two(1 + stableNumber(`day:${number}`, 28))}`,
  upc: `0${String(990_000_000_00 + number)}`,
  label: 'Sandbox Records',
  trackNumbers: Array.from({ length: tracksPerAlbum }, (_, index) => number * tracksPerAlbum + index),
}));

/** Five tracks of each album. ISRCs start with ZZ, which is no country. */
export const tracks: readonly Track[] = Array.from({ length: albums.length * tracksPerAlbum }, (_, number) => {
  const album = pick(albums, Math.floor(number / tracksPerAlbum));
  return {
    number,
    title: `${pick(verbs, number * 7 + 2)} ${pick(objects, number * 3 + Math.floor(number / 10))}`,
    artist: album.artist,
    album,
    trackNumber: (number % tracksPerAlbum) + 1,
    isrc: `ZZSBX26${String(number).padStart(5, '0')}`,
    durationMs: 120_000 + stableNumber(`duration:${number}`, 240_000),
    isExplicit: number % 9 === 0,
    popularity: stableNumber(`popularity:${number}`, 100),
  };
});

/** A track by its ISRC. */
export const findByIsrc = (isrc: string): Track | undefined =>
  tracks.find((track) => track.isrc === isrc.toUpperCase());

/** Tracks whose title, artist or album has all the words. */
export function searchTracks(query: string): Track[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const has = ({ title, artist, album }: Track) => {
    const text = `${title} ${artist.name} ${album.name}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return tracks.filter(has);
}

/** What a stable fraction between bounds is for a track. */
export const trackValue = (track: Track, name: string, min: number, max: number): number =>
  Number((min + stableFraction(`${name}:${track.number}`) * (max - min)).toFixed(3));

function two(number: number): string {
  return String(number).padStart(2, '0');
}
