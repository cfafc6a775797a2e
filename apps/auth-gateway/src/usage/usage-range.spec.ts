import { usageRangeOf } from './usage-range';

const TODAY = '2026-03-01';

describe('the days of a usage report', () => {
  it('are the last 31, today included, unless it is said which', () => {
    expect(usageRangeOf({}, TODAY)).toEqual({ kind: 'range', range: { from: '2026-01-30', to: TODAY } });
    expect(usageRangeOf({ to: '2026-01-31' }, TODAY)).toMatchObject({
      range: { from: '2026-01-01', to: '2026-01-31' },
    });
    expect(usageRangeOf({ from: TODAY, to: TODAY }, TODAY)).toMatchObject({ range: { from: TODAY, to: TODAY } });
  });

  it('are at most 31, and none before the first', () => {
    for (const query of [{ from: '2026-01-29' }, { from: '2026-03-02' }, { from: '2026-02-02', to: '2026-02-01' }]) {
      expect(usageRangeOf(query, TODAY)).toEqual({ kind: 'refused', problem: expect.stringMatching(/^must not be/) });
    }
  });
});
