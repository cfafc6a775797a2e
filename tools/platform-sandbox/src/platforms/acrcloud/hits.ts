import type { Track } from '../../catalogue/catalogue';
import { stableHex } from '../../state/random';
import { spotifyId } from '../spotify/objects';

/** ACRCloud's id of a track. */
export const acrid = (track: Track, release = 0): string => stableHex(`acrid:${track.number}:${release}`, 32);

/** Several releases of one recording, best first; the second one knows less: https://docs.acrcloud.com/reference/console-api/file-scanning/metadata/music */
export function musicHits(track: Track): object[] {
  const best = {
    ...known(track),
    acrid: acrid(track),
    label: track.album.label,
    release_date: track.album.releaseDate,
    genres: track.artist.genres.map((name) => ({ name })),
    external_metadata: externalMetadata(track),
    external_ids: { isrc: track.isrc, upc: track.album.upc },
    score: 100,
    result_from: 3,
  };
  const other = {
    ...known(track),
    acrid: acrid(track, 1),
    album: { name: `${track.album.name} (Anniversary)` },
    external_ids: { isrc: track.isrc },
    score: 92,
    result_from: 1,
  };
  return [best, other];
}

/** One track in twelve is in the account's own bucket too, with its uploader's words. */
export const customHits = (track: Track): object =>
  track.number % 12 === 0
    ? {
        custom_files: [
          {
            title: track.title,
            acrid: acrid(track, 2),
            audio_id: String(900_000 + track.number),
            score: 88,
            play_offset_ms: 9_800,
            sandbox_note: 'uploaded by the sandbox',
          },
        ],
      }
    : {};

const known = (track: Track) => ({
  title: track.title,
  artists: [{ name: track.artist.name, langs: [{ code: 'en', name: track.artist.name }] }],
  album: { name: track.album.name },
  duration_ms: track.durationMs,
  play_offset_ms: 9_800,
  db_begin_time_offset_ms: 0,
  db_end_time_offset_ms: 9_280,
  sample_begin_time_offset_ms: 0,
  sample_end_time_offset_ms: 9_280.5,
});

/** What other platforms call the track: the sandbox's catalogue is the same at all of them. */
export const externalMetadata = (track: Track) => ({
  spotify: {
    track: { id: spotifyId('track', track.number), name: track.title },
    artists: [{ id: spotifyId('artist', track.artist.number), name: track.artist.name }],
    album: { id: spotifyId('album', track.album.number), name: track.album.name },
  },
  deezer: {
    track: { id: String(3_000_000 + track.number), name: track.title },
    artists: [{ id: String(30_000 + track.artist.number), name: track.artist.name }],
    album: { id: String(300_000 + track.album.number), name: track.album.name },
  },
});
