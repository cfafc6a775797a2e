import type { Grant } from './grant.entity';
import { aheadOf, backOffMs, isBelieved, isRenewedSince, isStorm, monthsAfter, nextStep, reauthDueAt } from './grant';

const minute = 60_000;
const day = 24 * 60 * minute;
const now = new Date('2026-11-20T10:00:00.000Z');
const inMs = (ms: number) => new Date(now.getTime() + ms);

const grant = (overrides: Partial<Grant> = {}): Grant =>
  ({
    kind: 'user',
    accessToken: 'sealed',
    refreshToken: 'sealed',
    expiresAt: inMs(60 * minute),
    lastRefreshAt: null,
    version: 3,
    pending: null,
    nextAttemptAt: null,
    refusedSince: null,
    reauthDueAt: null,
    retiredAt: null,
    ...overrides,
  }) as Grant;

describe('what there is to do for somebody who wants a token', () => {
  it.each<[string, Partial<Grant>, Parameters<typeof nextStep>[2], ReturnType<typeof nextStep>]>([
    ['a token that lasts', {}, {}, 'use'],
    ['one that never ends', { expiresAt: null }, {}, 'use'],
    ['one of five minutes', { expiresAt: inMs(5 * minute) }, {}, 'renew'],
    ['a short one in its first half', { lastRefreshAt: inMs(-minute), expiresAt: inMs(2 * minute) }, {}, 'use'],
    ['a short one in its second half', { lastRefreshAt: inMs(-2 * minute), expiresAt: inMs(minute) }, {}, 'renew'],
    ['one that lasts, ahead', {}, { isAhead: true }, 'renew'],
    ['one that the platform refused', {}, { rejected: 3 }, 'renew'],
    ['a younger one than was refused', {}, { rejected: 2 }, 'use'],
    ['an answer that waits', { pending: 'sealed' }, {}, 'renew'],
    ['a failure that was told when to come again', { expiresAt: now, nextAttemptAt: inMs(1) }, {}, 'wait'],
    ['a failure whose time has come', { expiresAt: now, nextAttemptAt: now }, {}, 'renew'],
    ['a platform that is asked sparingly', { expiresAt: now }, { isSpared: true }, 'wait'],
    ['an app token of such a platform', { kind: 'app', expiresAt: now }, { isSpared: true }, 'renew'],
    [
      'an app that has no token yet',
      { kind: 'app', accessToken: null, refreshToken: null, expiresAt: null },
      {},
      'renew',
    ],
    ['a short one that nothing renews', { refreshToken: null, expiresAt: inMs(minute) }, {}, 'use'],
    ['one that nothing renews and that has ended', { refreshToken: null, expiresAt: now }, {}, 'end'],
    ['one that nothing renews and that was refused', { refreshToken: null }, { rejected: 3 }, 'end'],
    ['a grant that has ended', { retiredAt: now }, {}, 'end'],
  ])('%s', (_, overrides, wish, step) => {
    expect(nextStep(grant(overrides), now, wish)).toBe(step);
  });
});

it('is renewed ten minutes before its end, or when half of a short life is over', () => {
  expect(aheadOf(grant())).toBe(10 * minute);
  expect(aheadOf(grant({ lastRefreshAt: now, expiresAt: inMs(4 * minute) }))).toBe(2 * minute);
  expect(aheadOf(grant({ lastRefreshAt: now, expiresAt: null }))).toBe(10 * minute);
});

it('is renewed since it was seen first if it was worked in later, whatever it is worth', () => {
  const first = grant({ lastRefreshAt: inMs(-1) });
  expect(isRenewedSince(first, first)).toBe(false);
  expect(isRenewedSince(grant(), grant())).toBe(false);
  expect(isRenewedSince(grant({ lastRefreshAt: now, expiresAt: now }), first)).toBe(true);
  expect(isRenewedSince(grant({ lastRefreshAt: now }), grant())).toBe(true);
  for (const lost of [{ accessToken: null }, { retiredAt: now }, { pending: 'sealed' }]) {
    expect(isRenewedSince(grant({ lastRefreshAt: now, ...lost }), first)).toBe(false);
  }
});

it('waits longer after each failure, at random below the limit, and never less than a second', () => {
  expect(backOffMs(1, 0, 0)).toBe(1_000);
  expect(backOffMs(1, 0, 0.999)).toBeLessThan(10_000);
  expect(backOffMs(3, 0, 1)).toBe(40_000);
  expect(backOffMs(1_000, 0, 1)).toBe(60 * minute);
});

it('comes never before the platform said, and after a day whatever it said', () => {
  expect(backOffMs(1, 300, 0)).toBe(300_000);
  expect(backOffMs(1, 10 ** 12, 0)).toBe(day);
});

describe('a platform that says that a grant has ended', () => {
  const refusedFor = (ms: number, due: Date | null = null) => grant({ refusedSince: inMs(-ms), reauthDueAt: due });

  it.each<[string, Grant, boolean, boolean]>([
    ['is not believed the first time', grant(), false, false],
    ['is not believed at once', refusedFor(1 * minute), false, false],
    ['is believed some minutes later', refusedFor(2 * minute), false, true],
    ['is not believed while it says so of many', refusedFor(3 * minute), true, false],
    ['is believed even then when the grant’s time was up', refusedFor(3 * minute, now), true, true],
    ['is believed even then when it has said so for more than a day', refusedFor(day + 1), true, true],
  ])('%s', (_, row, storm, believed) => {
    expect(isBelieved(row, now, storm)).toBe(believed);
  });

  it.each([
    [{ refused: 4, renewed: 0 }, false],
    [{ refused: 5, renewed: 0 }, true],
    [{ refused: 5, renewed: 20 }, false],
    [{ refused: 300, renewed: 700 }, true],
  ])('of %j: a storm? %s', (counts, expected) => {
    expect(isStorm(counts)).toBe(expected);
  });
});

it.each([
  ['2026-05-20T10:00:00.000Z', 6, '2026-11-20T10:00:00.000Z'],
  ['2026-08-31T23:59:59.999Z', 6, '2027-02-28T23:59:59.999Z'],
  ['2027-12-31T00:00:00.000Z', 2, '2028-02-29T00:00:00.000Z'],
])('counts months as people do: %s and %i months', (from, months, expected) => {
  expect(monthsAfter(new Date(from), months).toISOString()).toBe(expected);
});

it('knows the first of the moments at which one must authorise again', () => {
  const clock = { since: 'consent', months: 6, why: '' };
  expect(reauthDueAt({ clock }, now, null)).toEqual(monthsAfter(now, 6));
  expect(reauthDueAt({ clock }, now, inMs(7 * day))).toEqual(inMs(7 * day));
  expect(reauthDueAt({}, now, inMs(7 * day))).toEqual(inMs(7 * day));
  expect(reauthDueAt({}, now, null)).toBeNull();
  expect(reauthDueAt({ clock }, null, null)).toBeNull();
});
