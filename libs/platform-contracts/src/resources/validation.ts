import { z } from 'zod';
import { timestamp } from '../ids';
import { reasons } from '../platforms';

/** One part of a credential, as its platform judged it. */
export const validationPart = z.object({
  name: z.string(),
  valid: z.boolean().nullable().describe('null: the platform said nothing about it, its last verdict stands'),
  reason: z.enum(reasons),
  message: z.string(),
  remedy: z.string(),
  upstream_status: z.number().int().nullable().describe('null: there was no answer'),
});

export const validationReport = z.object({
  valid: z.boolean(),
  parts: z.array(validationPart),
  checked_at: timestamp,
});
export type ValidationReport = z.infer<typeof validationReport>;
export type ValidationPart = z.infer<typeof validationPart>;
