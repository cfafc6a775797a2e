import fc from 'fast-check';
import { nextTokenMs, TokenBucket } from './bucket';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const free = { perHour: 100, size: 200 };

describe('a token bucket', () => {
  it('lets a burst of its size through, then its rate', () => {
    const bucket = new TokenBucket(free, NOW);
    const burst = Array.from({ length: 250 }, () => bucket.take(NOW)).filter(Boolean).length;
    expect(burst).toBe(200);
    expect(bucket.take(NOW + 35_999)).toBe(false);
    expect(bucket.take(NOW + 36_000)).toBe(true);
    expect(bucket.take(NOW + 36_000)).toBe(false);
  });

  it('never holds more than its size, and refills nothing when the clock goes back', () => {
    const bucket = new TokenBucket(free, NOW);
    bucket.take(NOW);
    expect(bucket.remaining(NOW - 3_600_000)).toBe(199);
    expect(bucket.remaining(NOW + 24 * 3_600_000)).toBe(200);
  });

  it('says when it is full again, and when it is empty, when to come back', () => {
    const bucket = new TokenBucket(free, NOW, 1);
    expect(bucket.resetSeconds(NOW)).toBe(199 * 36);
    bucket.take(NOW);
    expect(bucket.resetSeconds(NOW)).toBe(36);
    expect(new TokenBucket(free, NOW).resetSeconds(NOW)).toBe(0);
    expect(nextTokenMs(free, 0.5)).toBe(18_000);
  });

  it('lets whoever waits as long as it says through', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (perHour, tokens) => {
          const bucket = new TokenBucket({ perHour, size: perHour * 2 }, NOW, tokens);
          expect(bucket.take(NOW)).toBe(false);
          expect(bucket.take(NOW + bucket.resetSeconds(NOW) * 1000)).toBe(true);
        },
      ),
    );
  });

  it('lets through no more than its size and its rate over any time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.array(fc.nat(200_000), { maxLength: 200 }), (size, pauses) => {
        const bucket = new TokenBucket({ perHour: 100, size }, NOW);
        const taken: number[] = [];
        let now = NOW;
        for (const pause of pauses) if (bucket.take((now += pause))) taken.push(now);
        taken.forEach((from, first) =>
          taken.slice(first).forEach((to, count) => {
            expect(count + 1).toBeLessThanOrEqual(size + ((to - from) * 100) / 3_600_000 + 1e-6);
          }),
        );
      }),
    );
  });
});
