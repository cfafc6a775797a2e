import type { RenderRequest } from '../engine';
import { compose } from './compose';
import type { Score } from './score';

/** A valid request, for tests. */
export function makeRequest(overrides: Partial<RenderRequest> = {}): RenderRequest {
  return { id: 'test', model: 'composer-1', prompt: 'a song', duration: 30, seed: 1, formats: ['wav'], ...overrides };
}

/** The score of a valid request, for tests. */
export function makeScore(overrides: Partial<RenderRequest> = {}): Score {
  return compose(makeRequest(overrides)).score;
}

/** Seconds at a beat, counted independently of the composer's own arithmetic. */
export function secondsAt({ tempoMap }: Score, beat: number): number {
  return tempoMap.reduce((seconds, { beat: from, bpm }, i) => {
    const until = Math.min(beat, tempoMap[i + 1]?.beat ?? Infinity);
    return seconds + (Math.max(0, until - from) * 60) / bpm;
  }, 0);
}
