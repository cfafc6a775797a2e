import { quotaDay, quotaResetAt } from './quota';

describe('the day of a quota', () => {
  it('is the UTC day, whatever the clock on the wall says', () => {
    expect(quotaDay(new Date('2026-11-20T23:59:59.999-05:00'))).toBe('2026-11-21');
    expect(quotaDay(new Date('2026-11-20T00:30:00.000+02:00'))).toBe('2026-11-19');
  });

  it.each([
    ['2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z'],
    ['2026-11-20T23:59:59.999Z', '2026-11-21T00:00:00.000Z'],
    ['2026-12-31T12:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['2028-02-28T12:00:00.000Z', '2028-02-29T00:00:00.000Z'],
  ])('that holds %s ends at %s', (now, reset) => {
    expect(quotaResetAt(new Date(now)).toISOString()).toBe(reset);
  });
});
