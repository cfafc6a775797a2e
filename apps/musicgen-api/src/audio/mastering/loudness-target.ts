import type { Limiter } from './limiter';

/** Half of what the law allows to be off is left for the difference between the model and the measure. */
const CLOSE_ENOUGH_LU = 0.01;
const STEPS_MAX = 40;
/** Beyond this there is no music to bring up. */
const BOOST_DB_MAX = 90;

/**
 * The gain in decibels at which the limited mix has the wanted loudness. Louder in is never quieter out, so it is found by
 * halving an interval, with secant steps that make most pieces need five tries. The mix must not be silent.
 */
export function gainFor(limiter: Limiter, targetLufs: number, ceiling: number): number {
  const missing = (gainDb: number) => {
    const gain = 10 ** (gainDb / 20);
    limiter.shape(gain, ceiling);
    return targetLufs - limiter.loudness(gain);
  };
  const atUnity = missing(0);
  let low = Math.min(0, atUnity) - 1;
  let high = Math.max(0, atUnity) + BOOST_DB_MAX;
  let gainDb = atUnity;
  for (let step = 0; step < STEPS_MAX; step++) {
    const short = missing(gainDb);
    if (Math.abs(short) < CLOSE_ENOUGH_LU) break;
    if (short > 0) low = gainDb;
    else high = gainDb;
    const guess = gainDb + 1.3 * short;
    gainDb = guess > low && guess < high && step < 12 ? guess : (low + high) / 2;
  }
  return gainDb;
}
