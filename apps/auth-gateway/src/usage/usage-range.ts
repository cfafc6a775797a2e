import { usageDaysMax, type UsageRange } from '@musicgen/platform-contracts';

const DAY_MS = 86_400_000;

/** The UTC day of a moment. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const daysBefore = (day: string, days: number) => dayOf(Date.parse(day) - days * DAY_MS);

export type RangeResult = { kind: 'range'; range: UsageRange } | { kind: 'refused'; problem: string };

/** The days that a query means; without a last day it is today, without a first one the range is as long as it may be. */
export function usageRangeOf(query: Partial<UsageRange>, today: string): RangeResult {
  const to = query.to ?? today;
  const earliest = daysBefore(to, usageDaysMax - 1);
  const from = query.from ?? earliest;
  if (from > to) return { kind: 'refused', problem: `must not be later than ${to}` };
  if (from < earliest)
    return { kind: 'refused', problem: `must not be earlier than ${earliest}: at most ${usageDaysMax} days` };
  return { kind: 'range', range: { from, to, ...(query.key_id !== undefined && { key_id: query.key_id }) } };
}
