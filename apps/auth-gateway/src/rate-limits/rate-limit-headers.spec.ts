import fc from 'fast-check';
import { RateLimitFields } from './rate-limit-headers';

describe('the rate limit fields', () => {
  const fields = new RateLimitFields({ perHour: 100, size: 200 });

  it('are both families, with the same numbers', () => {
    expect(fields.headers(50, 30)).toEqual({
      'ratelimit-policy': '"hourly";q=100;w=3600',
      ratelimit: '"hourly";r=50;t=30',
      'x-ratelimit-limit': '100',
      'x-ratelimit-remaining': '50',
      'x-ratelimit-reset': '30',
    });
  });

  it('never mix up two pairs of numbers, however many were asked before', () => {
    fc.assert(
      fc.property(fc.nat(40_000), fc.nat(7_200_000), (remaining, reset) => {
        expect(fields.headers(remaining, reset).ratelimit).toBe(`"hourly";r=${remaining};t=${reset}`);
        expect(fields.headers(reset, remaining).ratelimit).toBe(`"hourly";r=${reset};t=${remaining}`);
      }),
    );
  });
});
