import { explanation, type Reason } from '@musicgen/platform-contracts';
import { dailySlot, nextCheckAt, pauseSeconds } from './schedule';
import type { CheckedPart } from './verdict';

const now = new Date('2026-11-20T10:15:00.000Z');
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const part = (reason: Reason, retryAfterSeconds?: number): CheckedPart => ({
  name: 'part',
  ...explanation(reason),
  valid: null,
  upstream_status: null,
  isLeftOut: false,
  provesGrant: false,
  provesCredential: true,
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
});
const waitMs = (...parts: CheckedPart[]) => nextCheckAt('cred_1', parts, now).getTime() - now.getTime();

describe('the next check', () => {
  it('of a credential is at the same time of every day, half a day ahead at least', () => {
    for (let hours = 0; hours < 48; hours += 1) {
      const at = new Date(now.getTime() + hours * hour);
      const next = dailySlot('cred_1', at);
      expect(next.getTime() - at.getTime()).toBeGreaterThanOrEqual(day / 2);
      expect(next.getTime() - at.getTime()).toBeLessThanOrEqual(1.5 * day);
      expect(next.getTime() % day).toBe(dailySlot('cred_1', now).getTime() % day);
    }
  });

  it('of many credentials is spread over the day', () => {
    const perHour = new Array<number>(24).fill(0);
    for (let index = 0; index < 2_400; index += 1) perHour[dailySlot(`cred_${index}`, now).getUTCHours()]! += 1;
    for (const count of perHour) expect(count).toBeLessThan(160);
    for (const count of perHour) expect(count).toBeGreaterThan(50);
  });

  it('comes after an hour when the trouble passes, never before the platform said', () => {
    expect(waitMs(part('ok'), part('upstream_unavailable'))).toBe(hour);
    expect(waitMs(part('rate_limited', 30))).toBe(hour);
    expect(waitMs(part('rate_limited', 86_400))).toBe(day);
  });

  it('waits for the next day when a quota is used up, and when everything was said', () => {
    const daily = dailySlot('cred_1', now).getTime() - now.getTime();
    for (const reason of ['quota_exceeded', 'ok', 'invalid_client', 'unverifiable'] as const) {
      expect(waitMs(part(reason))).toBe(daily);
    }
    expect(waitMs()).toBe(daily);
  });
});

describe('a platform in trouble', () => {
  it('is left alone by all unattended checks for as long as it asks, else for a minute', () => {
    expect(pauseSeconds([part('ok'), part('rate_limited', 300)])).toBe(300);
    for (const reason of ['rate_limited', 'upstream_unavailable', 'network_error', 'timeout'] as const) {
      expect(pauseSeconds([part(reason)]) * 1000).toBe(minute);
    }
  });

  it('is in none because one credential is', () => {
    expect(pauseSeconds([part('quota_exceeded', 300), part('invalid_client'), part('unverifiable')])).toBe(0);
  });
});
