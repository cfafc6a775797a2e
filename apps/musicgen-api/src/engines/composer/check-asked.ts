import { CheckFailedError } from '../../audio/mastering/checks';
import { SAMPLE_RATE } from '../../audio/stereo';
import type { Score } from './score';

/** The score is as long as was asked for. */
export function checkAsked({ durationSeconds }: Score, askedSeconds: number): void {
  if (Math.round(durationSeconds * SAMPLE_RATE) === Math.round(askedSeconds * SAMPLE_RATE)) return;
  throw new CheckFailedError('length', `the score lasts ${durationSeconds} s instead of ${askedSeconds}`);
}
