import { tracks, trackValue, type Track } from '../../catalogue/catalogue';
import { json } from '../../http/answer';
import type { Route } from '../../http/route';
import { stableNumber } from '../../state/random';
import { open } from './guard';
import { catalogueById, fullTrack, isSpotifyId, spotifyId, viewOf } from './objects';
import { idList } from './paging';
import { apiError } from './problems';

const closed = { closed: 'november_2024' } as const;

/** Every tenth track was never analysed. */
export const hasFeatures = (track: Track): boolean => track.number % 10 !== 9;

/** https://developer.spotify.com/documentation/web-api/reference/get-several-audio-features: open to few. */
export const audioFeatureRoutes: Route[] = [
  open('/v1/audio-features', closed, (call) => {
    const ids = idList(call, 100);
    return Array.isArray(ids) ? json(200, { audio_features: ids.map((id) => features(id, call.base)) }) : ids;
  }),
  open('/v1/audio-features/:id', closed, (call) => {
    if (!isSpotifyId(call.param('id'))) return apiError(400, 'invalid request');
    const found = features(call.param('id'), call.base);
    return found ? json(200, found) : apiError(404, 'analysis not found');
  }),
  open('/v1/audio-analysis/:id', closed, (call) => {
    const track = catalogueById.tracks.get(call.param('id'));
    if (!track || !hasFeatures(track)) return apiError(404, 'analysis not found');
    const parts = { meta: {}, bars: [], beats: [], sections: [], segments: [], tatums: [] };
    return json(200, { ...parts, track: { duration: track.durationMs / 1000 } });
  }),
  open('/v1/recommendations', { ...closed, whenClosed: apiError(404) }, (call, { client }) => {
    const limit = call.integer('limit', 20, { min: 1, max: 100 });
    if (limit === undefined) return apiError(400, 'Invalid limit');
    const found = tracks.slice(0, limit).map((track) => fullTrack(track, viewOf(call, client)));
    return json(200, { seeds: [], tracks: found });
  }),
];

function features(id: string, base: string): object | null {
  const track = catalogueById.tracks.get(id);
  if (!track || !hasFeatures(track)) return null;
  const share = (name: string) => trackValue(track, name, 0, 1);
  return {
    danceability: share('danceability'),
    energy: share('energy'),
    key: stableNumber(`key:${track.number}`, 13) - 1,
    loudness: trackValue(track, 'loudness', -30, 1),
    mode: stableNumber(`mode:${track.number}`, 2),
    speechiness: share('speechiness'),
    acousticness: share('acousticness'),
    instrumentalness: share('instrumentalness'),
    liveness: share('liveness'),
    valence: share('valence'),
    // Both are 0 for some tracks at Spotify too.
    tempo: track.number % 50 === 7 ? 0 : trackValue(track, 'tempo', 60, 200),
    time_signature: track.number % 50 === 7 ? 0 : 3 + stableNumber(`signature:${track.number}`, 3),
    type: 'audio_features',
    id,
    uri: `spotify:track:${id}`,
    track_href: `${base}/v1/tracks/${spotifyId('track', track.number)}`,
    analysis_url: `${base}/v1/audio-analysis/${id}`,
    duration_ms: track.durationMs,
  };
}
