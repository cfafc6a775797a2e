import { z } from 'zod';
import { id, timestamp } from '../ids';
import { platformIds } from '../platforms';
import { modes } from '../principal';

export const connectionStates = ['unverified', 'valid', 'invalid', 'needs_reauthorization', 'refresh_failing'] as const;
export type ConnectionState = (typeof connectionStates)[number];

export const platformId = z.enum(platformIds as [string, ...string[]], {
  error: `must be one of ${platformIds.join(', ')}`,
});

/** What a secret field shows of itself. */
const maskedSecret = z.object({ set: z.literal(true), hint: z.string() });

/** A credential as its owner sees it: secret fields are masked. */
export const credential = z.object({
  id: id('cred'),
  platform: z.string(),
  name: z.string().nullable(),
  description: z.string().nullable(),
  fields: z.record(z.string(), z.union([maskedSecret, z.unknown()])),
  warnings: z.array(z.object({ path: z.string(), problem: z.string() })),
  is_active: z.boolean(),
  shared: z.boolean().describe('its client serves all users that have none of their own'),
  state: z.enum(connectionStates),
  last_validated: timestamp.nullable(),
  validation_error: z.string().nullable(),
  mode: z.enum(modes),
  created_at: timestamp,
  updated_at: timestamp,
});
export type CredentialView = z.infer<typeof credential>;

export const credentialSummary = credential.omit({ fields: true, warnings: true });

const fields = z.record(z.string(), z.unknown()).describe('the platform’s fields; see GET /v1/platforms/{platform}');
const name = z.string().trim().min(1).max(120);
const description = z.string().trim().max(1_000);
const shared = z.boolean().describe('administrators only: lend its OAuth client to all users of the mode');

export const newCredential = z.strictObject({
  platform: platformId,
  fields,
  name: name.optional(),
  description: description.optional(),
  activate: z.boolean().default(false),
  shared: shared.optional(),
});

/** Fields that are left out stay; null takes an optional one away. */
export const credentialChange = z.strictObject({
  fields: fields.optional(),
  name: name.nullable().optional(),
  description: description.nullable().optional(),
  shared: shared.optional(),
});

export const credentialFilter = {
  platform: platformId.optional(),
};
