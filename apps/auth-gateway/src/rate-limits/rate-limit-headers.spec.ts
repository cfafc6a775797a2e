import fc from 'fast-check';
import { RateLimitFields } from './rate-limit-headers';

const headersIn = (lines: string) =>
  Object.fromEntries(
    lines
      .split('\r\n')
      .map((line) => line.split(': '))
      .filter(([name]) => name),
  ) as Record<string, string>;

describe('the rate limit fields', () => {
  const fields = new RateLimitFields({ perHour: 100, size: 200 });

  it('are both families, with the same numbers, and a policy that they fit', () => {
    expect(headersIn(fields.lines(50, 30))).toEqual({
      'ratelimit-policy': '"requests";q=200;w=7200',
      ratelimit: '"requests";r=50;t=30',
      'x-ratelimit-limit': '200',
      'x-ratelimit-remaining': '50',
      'x-ratelimit-reset': '30',
    });
  });

  it('say the rate that refills the bucket: q requests in w seconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 200_000 }), (perHour, size) => {
        const lines = new RateLimitFields({ perHour, size }).lines(size, 0);
        const policy = headersIn(lines)['ratelimit-policy']!;
        const [, q, w] = /^"requests";q=(\d+);w=(\d+)$/.exec(policy)!;
        expect(Number(q)).toBe(size);
        expect(Math.abs(Number(w) - (size * 3_600) / perHour)).toBeLessThan(1);
      }),
    );
  });
});
