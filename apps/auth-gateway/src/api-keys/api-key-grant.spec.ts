import type { Permission } from '@musicgen/platform-contracts';
import fc from 'fast-check';
import { isWithin } from './address-list';
import {
  apiKeyStatus,
  type ApiKeyTimes,
  DAY_MS,
  exceeding,
  grantApiKey,
  type KeyRights,
  reminderDue,
  retiresAt,
  rotationDueAt,
  rotationHeaders,
} from './api-key-grant';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const PERMISSIONS: Permission[] = ['generate', 'models:read', 'user:read', 'api-keys:manage', 'credentials:token'];
const RANGES = ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '192.168.0.0/16', '2001:db8::/32', '0.0.0.0/0'];

const makeGiver = (overrides: Partial<KeyRights> = {}): KeyRights => ({
  mode: 'test',
  permissions: ['generate', 'api-keys:manage'],
  expiresAt: NOW + 10 * DAY_MS,
  allowedIps: ['10.0.0.0/8'],
  ...overrides,
});
const makeTimes = (overrides: Partial<ApiKeyTimes> = {}): ApiKeyTimes => ({
  expiresAt: null,
  revokedAt: null,
  retiresAt: null,
  ...overrides,
});

describe('a key made by a key', () => {
  const moment = fc.option(fc.integer({ min: NOW - DAY_MS, max: NOW + 20 * DAY_MS }));
  const list = fc.option(fc.subarray(RANGES));
  const giver: fc.Arbitrary<KeyRights> = fc.record({
    mode: fc.constantFrom('live' as const, 'test' as const),
    permissions: fc.subarray(PERMISSIONS),
    expiresAt: moment,
    allowedIps: list.filter((ranges) => ranges === null || ranges.length > 0),
  });
  const wanted = fc.record({ permissions: fc.subarray(PERMISSIONS), expiresAt: moment, allowedIps: list });

  it('never has more than its maker', () => {
    fc.assert(
      fc.property(giver, wanted, (from, request) => {
        const grant = grantApiKey(from, request, NOW);
        fc.pre(grant.kind === 'granted');
        const { rights } = grant;
        expect(rights.mode).toBe(from.mode);
        expect(rights.permissions.every((permission) => from.permissions.includes(permission))).toBe(true);
        expect(rights.expiresAt ?? Infinity).toBeLessThanOrEqual(from.expiresAt ?? Infinity);
        const ips = from.allowedIps;
        if (ips) expect(rights.allowedIps?.every((range) => isWithin(range, ips))).toBe(true);
      }),
    );
  });

  it('has just what nobody would refuse to hand to its maker', () => {
    fc.assert(
      fc.property(giver, giver, (from, key) => {
        fc.pre(key.permissions.length > 0);
        const isWithinIps =
          from.allowedIps === null || !!key.allowedIps?.every((range) => isWithin(range, from.allowedIps!));
        const isWithinAll =
          key.permissions.every((permission) => from.permissions.includes(permission)) &&
          (key.expiresAt ?? Infinity) <= (from.expiresAt ?? Infinity) &&
          isWithinIps;
        expect(exceeding(from, key).length === 0).toBe(isWithinAll);
      }),
    );
  });

  it('takes over expiry and addresses that were left out', () => {
    const grant = grantApiKey(makeGiver(), { permissions: ['generate', 'generate'] }, NOW);
    expect(grant).toEqual({ kind: 'granted', rights: makeGiver({ permissions: ['generate'] }) });
  });

  it('is refused by field when it asks for too much', () => {
    const grant = grantApiKey(
      makeGiver(),
      {
        permissions: ['generate', 'user:read'],
        expiresAt: NOW + 11 * DAY_MS,
        allowedIps: ['10.1.0.0/16', '11.0.0.0/8'],
      },
      NOW,
    );
    expect(grant).toEqual({
      kind: 'refused',
      fields: [
        { path: 'permissions.1', problem: 'must be a permission the caller has, user:read is not' },
        {
          path: 'expires_at',
          problem: "must not be later than the caller's own expiry, 2026-11-30T12:00:00.000Z",
        },
        { path: 'allowed_ips.1', problem: "must lie within the caller's own allowed_ips" },
      ],
    });
  });

  it('is refused without permissions, without ranges in a list, with a bad range, and when it has expired already', () => {
    const session = makeGiver({ expiresAt: null, allowedIps: null });
    const paths = (request: Parameters<typeof grantApiKey>[1]) => {
      const grant = grantApiKey(session, request, NOW);
      return grant.kind === 'refused' ? grant.fields.map(({ path }) => path) : [];
    };
    expect(paths({ permissions: [] })).toEqual(['permissions']);
    expect(paths({ permissions: ['generate'], expiresAt: NOW })).toEqual(['expires_at']);
    expect(paths({ permissions: ['generate'], allowedIps: [] })).toEqual(['allowed_ips']);
    expect(paths({ permissions: ['generate'], allowedIps: ['10.0.0.0/8', 'x'] })).toEqual(['allowed_ips.1']);
  });
});

describe('the status of a key', () => {
  it('is active, rotating during the overlap, expired after it, and revoked for ever', () => {
    const rotated = makeTimes({ retiresAt: NOW + 100 });
    expect(apiKeyStatus(makeTimes(), NOW)).toBe('active');
    expect(apiKeyStatus(rotated, NOW)).toBe('rotating');
    expect(apiKeyStatus(rotated, NOW + 100)).toBe('expired');
    expect(apiKeyStatus(makeTimes({ expiresAt: NOW }), NOW)).toBe('expired');
    expect(apiKeyStatus(makeTimes({ expiresAt: NOW + 1 }), NOW)).toBe('active');
    expect(apiKeyStatus(makeTimes({ revokedAt: NOW, expiresAt: NOW }), NOW)).toBe('revoked');
  });
});

describe('a rotation', () => {
  it('lets the old key work for the overlap, and no longer than it would have without', () => {
    expect(retiresAt(makeTimes(), 7, NOW)).toBe(NOW + 7 * DAY_MS);
    expect(retiresAt(makeTimes({ expiresAt: NOW + DAY_MS }), 7, NOW)).toBe(NOW + DAY_MS);
    expect(retiresAt(makeTimes({ retiresAt: NOW + 2 * DAY_MS }), 30, NOW)).toBe(NOW + 2 * DAY_MS);
    expect(apiKeyStatus(makeTimes({ retiresAt: retiresAt(makeTimes(), 0, NOW) }), NOW)).toBe('expired');
  });

  it('is due 90 days after the key was made', () => {
    expect(new Date(rotationDueAt(NOW)).toISOString()).toBe('2027-02-18T12:00:00.000Z');
  });

  it('is told in the form of RFC 9745 and RFC 8594', () => {
    expect(rotationHeaders(NOW, NOW + DAY_MS)).toEqual({
      deprecation: '@1795176000',
      sunset: 'Sat, 21 Nov 2026 12:00:00 GMT',
    });
  });
});

describe('a reminder', () => {
  it('comes once at 14, at 3 and at 1 day before the deadline', () => {
    const deadline = NOW + 20 * DAY_MS;
    let announced: number | null = null;
    const made: [number, number][] = [];
    for (let hour = 0; hour <= 20 * 24 + 5; hour++) {
      const due = reminderDue(deadline, announced, NOW + hour * 3_600_000);
      if (due !== null) made.push([(announced = due), hour / 24]);
    }
    expect(made).toEqual([
      [14, 6],
      [3, 17],
      [1, 19],
    ]);
  });

  it('is only the nearest one after a pause, and none after the deadline', () => {
    expect(reminderDue(NOW + 2 * DAY_MS, null, NOW)).toBe(3);
    expect(reminderDue(NOW, null, NOW)).toBeNull();
  });
});
