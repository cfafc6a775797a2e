import { z } from 'zod';
import type { TierName } from './principal';

/** What one tier may do. Durations are seconds. */
export const tierSchema = z.strictObject({
  requests_per_hour: z.number().int().positive(),
  generations_per_day: z.number().int().positive(),
  longest_piece: z.number().int().positive(),
  concurrent_generations: z.number().int().positive(),
  audio_days: z.number().int().positive(),
});
export type Tier = z.infer<typeof tierSchema>;

/** Read by auth-gateway (requests) and musicgen-api (generations); `TIERS` replaces it as JSON. */
export const tiersSchema = z.strictObject({ free: tierSchema, pro: tierSchema, enterprise: tierSchema });
export type Tiers = Record<TierName, Tier>;

export const defaultTiers: Tiers = {
  free: {
    requests_per_hour: 100,
    generations_per_day: 10,
    longest_piece: 60,
    concurrent_generations: 1,
    audio_days: 7,
  },
  pro: {
    requests_per_hour: 1_000,
    generations_per_day: 500,
    longest_piece: 300,
    concurrent_generations: 4,
    audio_days: 30,
  },
  enterprise: {
    requests_per_hour: 20_000,
    generations_per_day: 10_000,
    longest_piece: 600,
    concurrent_generations: 16,
    audio_days: 30,
  },
};
