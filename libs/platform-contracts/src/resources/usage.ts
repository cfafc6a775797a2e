import { z } from 'zod';
import { id } from '../ids';

const day = z.iso.date({ error: 'must be a day, YYYY-MM-DD' });
/** So many days at once. */
export const usageDaysMax = 31;

/** So many rows of each kind at most; a key says which of them are wanted. */
export const usageRowsMax = 2_000;

/** The days that are asked for, UTC, the last one included; without them, the last 31. */
export const usageQuery = z.strictObject({
  from: day.optional(),
  to: day.optional(),
  key_id: id('key').optional(),
});

/** As {@link usageQuery}, with its defaults. */
export const usageRange = z.strictObject({ from: day, to: day, key_id: id('key').optional() });
export type UsageRange = z.infer<typeof usageRange>;

const keyId = z.string().nullable().describe('null: a session made by password');

export const requestUsage = z.object({
  day,
  key_id: keyId,
  route: z.string().describe('for example POST /v1/generate'),
  status_class: z.string().regex(/^[1-5]xx$/),
  requests: z.number().int(),
});
export type RequestUsage = z.infer<typeof requestUsage>;

export const generationOutcomes = ['succeeded', 'failed', 'canceled', 'unfinished'] as const;

/** By the day on which they were asked for. */
export const generationUsage = z.object({
  day,
  key_id: keyId,
  outcome: z.enum(generationOutcomes),
  generations: z.number().int(),
});
export type GenerationUsage = z.infer<typeof generationUsage>;

export const usageReport = z.object({
  from: day,
  to: day,
  requests: z.array(requestUsage),
  generations: z.array(generationUsage).nullable().describe('null while musicgen-api is away'),
  truncated: z.boolean().describe(`there are more than ${usageRowsMax} rows of a kind: ask for fewer days or one key`),
});
