import { z } from 'zod';
import type { Client } from '../../state/rows';

/** The id everywhere. */
export const platform = 'acrcloud';

/** Where containers and projects can be: https://docs.acrcloud.com/reference/identification-api/identification-api */
export const regions = ['eu-west-1', 'us-west-2', 'ap-southeast-1', 'cn-north-1'] as const;

const project = z.object({
  accessKey: z.string(),
  accessSecret: z.string(),
  region: z.enum(regions).default('eu-west-1'),
  /** Without the bucket "ACRCloud Music" nothing is ever recognised. */
  hasMusicBucket: z.boolean().default(true),
  /** A trial account runs out; null: never. */
  callsMax: z.int().min(0).nullable().default(null),
  requestsPerSecond: z.int().min(1).nullable().default(null),
});

/** What can be set about an account with its projects. */
export const acrcloudSettings = z.object({
  projects: z.array(project).default([]),
  /** What the hosts `files` and `identify` are when they are not called by their real names; null: all regions at once. */
  region: z.enum(regions).nullable().default(null),
  /** `marked`: what has `sandbox-track-<number>` in its name or bytes. */
  recognises: z.enum(['marked', 'everything', 'nothing']).default('marked'),
  scanSeconds: z.number().min(0).default(2),
  callbacks: z.enum(['once', 'twice', 'late', 'early', 'never']).default('once'),
  hasFileScanning: z.boolean().default(true),
  invalidContainerStatus: z.union([z.literal(404), z.literal(403)]).default(404),
  unknownFile: z.enum(['not_found', 'empty_list']).default('not_found'),
  /** How an ended token of this account is refused. */
  refusal: z.enum(['acr_403', 'laravel_401']).default('acr_403'),
  /** Odd results that clients have met: `result` as a text, and answers of 200 kB. */
  hasTextResults: z.boolean().default(false),
  hasLargeResults: z.boolean().default(false),
});

/** The settings of an account. */
export const settingsOf = (client: Client) => acrcloudSettings.parse(client.settings);
