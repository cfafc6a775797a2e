import { createHash } from 'node:crypto';
import { isPassing, type CheckedPart } from './verdict';

export const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** When a credential is checked next: at its own time of day, or after trouble that passes as soon as that may be over. */
export function nextCheckAt(id: string, parts: readonly CheckedPart[], now: Date): Date {
  const daily = dailySlot(id, now);
  const passing = parts.filter(({ reason }) => isPassing(reason));
  const waits = passing.map((part) => (part.retryAfterSeconds ?? 0) * 1000);
  if (passing.length === 0) return daily;
  // A quota comes back when its day is over.
  const isUsedUp = passing.some(({ reason }) => reason === 'quota_exceeded');
  const soonest = isUsedUp ? daily.getTime() : now.getTime() + hourMs;
  return new Date(Math.max(soonest, now.getTime() + Math.max(...waits)));
}

/** The credential's own time of day, at least half a day ahead; those of all credentials are spread over the day. */
export function dailySlot(id: string, now: Date): Date {
  const slot = (createHash('sha256').update(id).digest().readUInt32BE() / 2 ** 32) * dayMs;
  const earliest = now.getTime() + dayMs / 2;
  const today = Math.floor(earliest / dayMs) * dayMs + Math.floor(slot);
  return new Date(today >= earliest ? today : today + dayMs);
}

/** How long nobody asks the platform unattended because of this outcome. */
export function pauseSeconds(parts: readonly CheckedPart[]): number {
  const waits = parts.flatMap(({ reason, retryAfterSeconds }) => {
    if (reason === 'rate_limited') return [retryAfterSeconds ?? 60];
    return ['upstream_unavailable', 'network_error', 'timeout'].includes(reason) ? [60] : [];
  });
  return Math.max(0, ...waits);
}
