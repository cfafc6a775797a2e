import type { Mode, Permission } from '@musicgen/platform-contracts';
import { addressRangeProblem, isWithin } from './address-list';

export const DAY_MS = 86_400_000;
export const ROTATION_DUE_DAYS = 90;
export const OVERLAP_DAYS = { default: 7, max: 30 } as const;
const REMINDER_DAYS = [1, 3, 14] as const;

/** What a key (or the session that makes one) may do; a password session has no expiry and no addresses. */
export interface KeyRights {
  mode: Mode;
  permissions: readonly Permission[];
  /** Milliseconds since 1970; null: never. */
  expiresAt: number | null;
  /** Null: from anywhere. */
  allowedIps: readonly string[] | null;
}

/** What is asked for a new key; its mode is always the giver's. */
export interface KeyRequest {
  permissions: readonly Permission[];
  expiresAt?: number | null;
  allowedIps?: readonly string[] | null;
}

export interface FieldProblem {
  path: string;
  problem: string;
}

export type KeyGrant = { kind: 'granted'; rights: KeyRights } | { kind: 'refused'; fields: FieldProblem[] };

/**
 * A key can give no key more than it has itself. What is asked and too much is refused by field; an expiry or address
 * list that is left out becomes the giver's own, because 'none' would be more than it has.
 */
export function grantApiKey(giver: KeyRights, wanted: KeyRequest, now: number): KeyGrant {
  const expiresAt = wanted.expiresAt ?? giver.expiresAt;
  const allowedIps = wanted.allowedIps ?? giver.allowedIps;
  const fields = [
    ...permissionProblems(giver, wanted.permissions),
    ...expiryProblems(giver, expiresAt, now),
    ...(wanted.allowedIps ? addressProblems(giver, wanted.allowedIps) : []),
  ];
  if (fields.length > 0) return { kind: 'refused', fields };
  const permissions = [...new Set(wanted.permissions)];
  return { kind: 'granted', rights: { mode: giver.mode, permissions, expiresAt, allowedIps } };
}

function permissionProblems(giver: KeyRights, wanted: readonly Permission[]): FieldProblem[] {
  if (wanted.length === 0) return [{ path: 'permissions', problem: 'must name at least one permission' }];
  return wanted.flatMap((permission, index) =>
    giver.permissions.includes(permission)
      ? []
      : [{ path: `permissions.${index}`, problem: `must be a permission the caller has, ${permission} is not` }],
  );
}

function expiryProblems(giver: KeyRights, expiresAt: number | null, now: number): FieldProblem[] {
  if (expiresAt === null) return [];
  if (expiresAt <= now) return [{ path: 'expires_at', problem: 'must be in the future' }];
  if (giver.expiresAt === null || expiresAt <= giver.expiresAt) return [];
  const limit = new Date(giver.expiresAt).toISOString();
  return [{ path: 'expires_at', problem: `must not be later than the caller's own expiry, ${limit}` }];
}

function addressProblems(giver: KeyRights, wanted: readonly string[]): FieldProblem[] {
  if (wanted.length === 0) return [{ path: 'allowed_ips', problem: 'must name at least one range' }];
  return wanted.flatMap((range, index) => {
    const path = `allowed_ips.${index}`;
    const problem = addressRangeProblem(range);
    if (problem) return [{ path, problem }];
    if (giver.allowedIps && !isWithin(range, giver.allowedIps))
      return [{ path, problem: "must lie within the caller's own allowed_ips" }];
    return [];
  });
}

/** What a key has that the giver lacks: whoever is handed it would have more than before. Empty: nothing. */
export function exceeding(giver: KeyRights, key: KeyRights): FieldProblem[] {
  const ips = giver.allowedIps;
  const isLater = giver.expiresAt !== null && (key.expiresAt === null || key.expiresAt > giver.expiresAt);
  const isWider = ips && (key.allowedIps === null || !key.allowedIps.every((range) => isWithin(range, ips)));
  return [
    ...permissionProblems(giver, key.permissions),
    ...(isLater ? [{ path: 'expires_at', problem: "is later than the caller's own expiry" }] : []),
    ...(isWider ? [{ path: 'allowed_ips', problem: "are more than the caller's own allowed_ips" }] : []),
  ];
}

export type ApiKeyStatus = 'active' | 'rotating' | 'expired' | 'revoked';

export interface ApiKeyTimes {
  expiresAt: number | null;
  revokedAt: number | null;
  /** Set by a rotation: until then the replaced key still works. */
  retiresAt: number | null;
}

/** A replaced key counts as expired once its overlap is over: its holder is told to take the new one. */
export function apiKeyStatus(times: ApiKeyTimes, now: number): ApiKeyStatus {
  if (times.revokedAt !== null) return 'revoked';
  if (times.expiresAt !== null && times.expiresAt <= now) return 'expired';
  if (times.retiresAt === null) return 'active';
  return times.retiresAt <= now ? 'expired' : 'rotating';
}

/** When a replaced key stops working: after the overlap, but never later than it would have anyway. */
export function retiresAt(times: ApiKeyTimes, overlapDays: number, now: number): number {
  return Math.min(now + overlapDays * DAY_MS, times.expiresAt ?? Infinity, times.retiresAt ?? Infinity);
}

export function rotationDueAt(createdAt: number): number {
  return createdAt + ROTATION_DUE_DAYS * DAY_MS;
}

/** What an answer to a replaced key says: since when it is deprecated (RFC 9745), when it stops (RFC 8594). */
export function rotationHeaders(
  rotatedAt: number,
  retiresAt: number,
): Readonly<Record<'deprecation' | 'sunset', string>> {
  return { deprecation: `@${Math.floor(rotatedAt / 1000)}`, sunset: new Date(retiresAt).toUTCString() };
}

/**
 * The announcement that is due before a deadline: 14, 3 or 1 day ahead. `announced` is the last one made (in days);
 * after a pause of the service only the nearest is made, not all that were missed.
 */
export function reminderDue(deadline: number, announced: number | null, now: number): 14 | 3 | 1 | null {
  if (deadline <= now) return null;
  const due = REMINDER_DAYS.find((days) => deadline - now <= days * DAY_MS);
  return due !== undefined && (announced === null || due < announced) ? due : null;
}
