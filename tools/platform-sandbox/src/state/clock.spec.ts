import { addMonths } from './clock';

describe('months', () => {
  it.each([
    ['2026-11-20T10:00:00Z', 6, '2027-05-20T10:00:00Z'],
    ['2026-08-31T00:00:00Z', 6, '2027-02-28T00:00:00Z'],
    ['2027-08-31T00:00:00Z', 6, '2028-02-29T00:00:00Z'],
  ])('after %s by %d end on %s', (from, months, to) => {
    expect(addMonths(Date.parse(from), months)).toBe(Date.parse(to));
  });
});
