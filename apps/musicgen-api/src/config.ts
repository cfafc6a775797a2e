import { defaultTiers, tiersSchema } from '@musicgen/platform-contracts';
import { serviceConfig, storageConfig } from '@musicgen/service-kit';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { SigningKeys } from './provenance/signing-keys';

const role = z.enum(['api', 'worker', 'both']).default('both');

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.issues.push({ code: 'custom', message: 'must be JSON', input: undefined });
    return z.NEVER;
  }
});

const signingKeys = z.string().transform((text, context) => {
  try {
    return SigningKeys.parse(text);
  } catch (error) {
    context.issues.push({ code: 'custom', message: (error as Error).message, input: undefined });
    return z.NEVER;
  }
});

export const config = {
  ...serviceConfig,
  ...storageConfig,
  musicgenSigningKey: signingKeys.describe(
    'Ed25519 key that signs provenance, PEM; older ones may follow, to be published; secret',
  ),
  tiers: json.pipe(tiersSchema).default(defaultTiers).describe('limits of each tier, as JSON'),
  role: role.describe('`api` answers calls, `worker` renders, `both` does both'),
  renderProcesses: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .default(os.availableParallelism())
    .describe('processes that render, one generation each; default: one per core'),
  soundBank: z.string().optional().describe('SF2 or SF3 file; without it, the machine’s or the one that npm brings'),
  musicgenModelsDir: z.string().optional().describe('folder of the weights of MusicGen, one folder a model'),
  transformersDir: z
    .string()
    .optional()
    .describe('where the packages of `extras/transformers` are installed; absent: with all others'),
  queueMax: z.coerce.number().int().min(1).default(10_000).describe('generations that may wait; beyond it, 503'),
  queueMaxPerUser: z.coerce
    .number()
    .int()
    .min(1)
    .default(1_000)
    .describe('of these, those of one user; beyond it, 429'),
  workDir: z
    .string()
    .optional()
    .describe('where files are made; best on the file system of `STORAGE_DIR`; default: `work` in it'),
};
export type Config = z.infer<z.ZodObject<typeof config>>;

/** Where files are made: beside where they stay, so that moving them copies nothing. */
export const workDirOf = ({ storageDir, workDir }: Pick<Config, 'storageDir' | 'workDir'>): string =>
  workDir ?? path.join(storageDir, 'work');

/** Whether this process answers calls: modules are put together before the configuration has been read. */
export const answersCalls = process.env.ROLE !== 'worker';
