import { afterFailure, retryDelayMs, usualDelaysMs } from './job';

describe('what becomes of a failed job', () => {
  it('is tried again until the fifth failure, and is dead then', () => {
    const states = [1, 2, 3, 4, 5].map((attempts) => afterFailure(attempts, true));
    expect(states).toEqual(['queued', 'queued', 'queued', 'queued', 'dead']);
  });

  it('is tried as often as its kind has delays, and once more', () => {
    expect([1, 2, 3].map((attempts) => afterFailure(attempts, true, [10, 20]))).toEqual(['queued', 'queued', 'dead']);
    expect(retryDelayMs(2, [10, 20], 0.5)).toBe(20);
  });

  it('has failed at once when another try cannot help', () => {
    expect(afterFailure(1, false)).toBe('failed');
  });

  it('waits 1 s, 5 s, 30 s and 2 min, each with up to half of it more or less', () => {
    expect([1, 2, 3, 4].map((attempts) => retryDelayMs(attempts, usualDelaysMs, 0.5))).toEqual([
      1_000, 5_000, 30_000, 120_000,
    ]);
    expect(retryDelayMs(2, usualDelaysMs, 0)).toBe(2_500);
    expect(retryDelayMs(2, usualDelaysMs, 0.999)).toBeLessThan(7_500);
  });
});
