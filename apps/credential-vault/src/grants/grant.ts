import type { PlatformDefinition } from '@musicgen/platform-contracts';
import type { Grant } from './grant.entity';

const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;

/** A token with less left is renewed before it is given away. */
export const enoughLeftMs = 5 * minute;
/** What is in use is renewed so long before its end, if nobody has to wait for it. */
export const aheadMs = 10 * minute;
/** So much of what a platform gives only for minutes is used before it is renewed. */
const shortLifeShare = 0.5;
/** With less left a token would end on its way to whoever asked. */
const usableLeftMs = 10 * second;

const left = ({ expiresAt }: Grant, now: Date) => (expiresAt === null ? Infinity : expiresAt.getTime() - now.getTime());

/** Can be given away as it is. */
export const isFresh = (grant: Grant, now: Date): boolean =>
  grant.accessToken !== null && left(grant, now) > Math.min(enoughLeftMs, shortLifeShare * lifeMs(grant));

/** How long before its end it is renewed if it is in use. */
export const aheadOf = (grant: Grant): number => Math.min(aheadMs, shortLifeShare * lifeMs(grant));

/** As it was when the platform sent it; of what came otherwise nobody knows. */
const lifeMs = ({ expiresAt, lastRefreshAt }: Pick<Grant, 'expiresAt' | 'lastRefreshAt'>): number =>
  expiresAt === null || lastRefreshAt === null ? Infinity : Math.max(0, expiresAt.getTime() - lastRefreshAt.getTime());

/** A renewal has been worked in since the grant was looked at first. */
export const isRenewedSince = (grant: Grant, first: Grant): boolean =>
  grant.accessToken !== null &&
  grant.retiredAt === null &&
  grant.pending === null &&
  (grant.lastRefreshAt?.getTime() ?? 0) > (first.lastRefreshAt?.getTime() ?? 0);

/** Still works, for a while: what callers get as long as it cannot be renewed. */
export const isUsable = (grant: Grant, now: Date): boolean =>
  grant.accessToken !== null && left(grant, now) > usableLeftMs;

/** What there is to do for somebody who wants a token. */
export type Step = 'use' | 'renew' | 'wait' | 'end';

interface Wish {
  /** The platform refused the token of this version: it or an older one is of no use. */
  rejected?: number;
  /** The platform is asked sparingly at the moment, and this is not one of the few requests. */
  isSpared?: boolean;
  /** Before it has to be. */
  isAhead?: boolean;
}

export const isRejected = ({ version }: Grant, rejected: number | undefined): boolean =>
  rejected !== undefined && version <= rejected;

/** `wait`: a renewal failed, or would at the moment. `end`: the user has to authorise. */
export function nextStep(grant: Grant, now: Date, { rejected, isSpared, isAhead }: Wish = {}): Step {
  if (grant.retiredAt !== null) return 'end';
  if (grant.pending !== null) return 'renew';
  if (!isAhead && isFresh(grant, now) && !isRejected(grant, rejected)) return 'use';
  if (!isRenewable(grant)) return isUsable(grant, now) && !isRejected(grant, rejected) ? 'use' : 'end';
  if (grant.nextAttemptAt !== null && grant.nextAttemptAt > now) return 'wait';
  return isSpared && grant.kind === 'user' ? 'wait' : 'renew';
}

export const isRenewable = ({ kind, refreshToken }: Pick<Grant, 'kind' | 'refreshToken'>): boolean =>
  kind === 'app' || refreshToken !== null;

const backOffMaxMs = 60 * minute;
const retryAfterMaxMs = day;

/** Exponential with full jitter, and never before the platform said; a day at most, whatever it said. */
export function backOffMs(failures: number, retryAfterSeconds = 0, random = Math.random()): number {
  const ownMs = Math.max(second, random * Math.min(backOffMaxMs, 5 * second * 2 ** Math.min(failures, 20)));
  return Math.max(ownMs, Math.min(retryAfterMaxMs, retryAfterSeconds * second));
}

/** When a first refusal is put to the test: in two to four minutes. */
export const secondTryMs = (random = Math.random()): number => (2 + 2 * random) * minute;

/** A storm that lasts longer is none: then a grant that is refused again has ended. */
export const stormMaxMs = day;

/** Whether a platform that says that the grant has ended is believed. */
export function isBelieved(grant: Pick<Grant, 'refusedSince' | 'reauthDueAt'>, now: Date, isStorm: boolean): boolean {
  if (grant.refusedSince === null || now.getTime() - grant.refusedSince.getTime() < 2 * minute) return false;
  const isExpected = grant.reauthDueAt !== null && grant.reauthDueAt <= now;
  return !isStorm || isExpected || now.getTime() - grant.refusedSince.getTime() > stormMaxMs;
}

interface Counts {
  refused: number;
  renewed: number;
}

/** So many grants that end together, and so large a share of all that were tried, is the platform's failure and not the users' will. */
export const isStorm = ({ refused, renewed }: Counts): boolean => refused >= 5 && refused * 4 > renewed;

/** The first of the moments at which the platform ends the grant whatever one does; null: it has no such. */
export function reauthDueAt(
  { clock }: Pick<PlatformDefinition, 'clock'>,
  consentedAt: Date | null,
  refreshExpiresAt: Date | null,
): Date | null {
  const byClock = clock && consentedAt ? monthsAfter(consentedAt, clock.months) : null;
  const days = [byClock, refreshExpiresAt].filter((due) => due !== null);
  return days.length > 0 ? new Date(Math.min(...days.map((due) => due.getTime()))) : null;
}

/** The same day so many months later, or that month's last. */
export function monthsAfter(from: Date, months: number): Date {
  const then = new Date(from);
  then.setUTCDate(1);
  then.setUTCMonth(then.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(then.getUTCFullYear(), then.getUTCMonth() + 1, 0)).getUTCDate();
  then.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return then;
}
