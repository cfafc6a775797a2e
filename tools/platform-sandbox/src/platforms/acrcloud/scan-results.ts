import { tracks, type Track } from '../../catalogue/catalogue';
import type { Client } from '../../state/rows';
import { acrid, externalMetadata } from './hits';
import type { Container, ScanFile } from './rows';
import { settingsOf } from './settings';

type Row = Record<string, unknown> & { result: Record<string, unknown> };

/** What a scan found, quirks included: https://docs.acrcloud.com/reference/console-api/file-scanning/file-scanning */
export function scanResults(file: ScanFile, container: Container, client: Client): object | null {
  const track = tracks[file.track ?? -1];
  if (file.outcome !== 1 || !track) return null;
  const { hasLargeResults, hasTextResults } = settingsOf(client);
  const rows = Array.from({ length: hasLargeResults ? 320 : 6 }, (_, index) => musicRow(track, index));
  const music = hasTextResults ? rows.map((row) => ({ ...row, result: JSON.stringify(row.result) })) : rows;
  const { music_detection: hasSpeech, ai_detection: hasAi } = container.flags;
  return {
    music,
    ...((container.engine === 2 || container.engine === 3) && { cover_songs: [coverRow(track)] }),
    ...(hasSpeech && {
      music_speech: [
        { start: 0, end: 12.5, label: 's' },
        { start: 12.5, end: 180, label: 'm' },
      ],
    }),
    ...(hasAi && { ai_detection: [aiRow(track)] }),
  };
}

/** Rows of engine 2 have no acrid and, like half of all rows, no inner score; empty maps are `[]`. */
function musicRow(track: Track, index: number): Row {
  const isCoverEngine = index % 4 === 3;
  return {
    offset: index % 2 === 0 ? index * 10 : index * 10 + 0.4,
    played_duration: index % 3 === 0 ? 20 : 148.2,
    type: 'traverse',
    engine_type: isCoverEngine ? '2' : index % 4 === 2 ? '3' : '1',
    time_skew: -0.006,
    frequency_skew: 0,
    file_duration: 223,
    score: 99 - (index % 50),
    result: {
      ...(!isCoverEngine && { acrid: acrid(track, index % 2) }),
      title: track.title,
      artists: [{ name: track.artist.name }],
      album: { name: track.album.name },
      duration_ms: track.durationMs,
      play_offset_ms: 1400,
      label: track.album.label,
      release_date: track.album.releaseDate,
      external_ids: index % 3 === 2 ? [] : { isrc: track.isrc, upc: track.album.upc },
      external_metadata: metadataOf(track, index),
      distributors: ['Sandbox Distribution'],
      ...(index % 2 === 0 && { score: 15 }),
    },
  };
}

function metadataOf(track: Track, index: number): unknown {
  if (index % 3 === 2) return [];
  const { spotify } = externalMetadata(track);
  return { spotify: index % 3 === 1 ? { track: spotify.track } : spotify };
}

const coverRow = (track: Track) => ({
  offset: 0,
  played_duration: 120,
  type: 'traverse',
  engine_type: '2',
  result: { title: track.title, artists: [{ name: 'Another Artist' }], release_date: null, external_ids: [] },
});

const aiRow = (track: Track) => {
  const probability = track.number % 2 === 0 ? 93.4 : 4;
  return {
    start: 0,
    end: 180,
    prediction: probability > 50 ? 'ai_generated' : 'human',
    likely_source: probability > 50 ? 'suno' : 'human',
    ai_probability: probability,
    duration: 180,
    source_probabilities: [{ source: 'suno', probability }],
    segments: [],
    model_id: 'sandbox',
  };
};
