import { z } from 'zod';
import { credentialSummary } from './credential';

/** Whether a user can connect an account: with a client of his own, with an administrator's, or not. */
export const connectable = z.enum(['own', 'shared', 'no']);
export type Connectable = z.infer<typeof connectable>;

export const platformView = z.object({
  id: z.string(),
  name: z.string(),
  link: z.string(),
  oauth: z.boolean(),
  connectable,
  fields: z.array(z.record(z.string(), z.unknown())).describe('the form: one entry a field, in order'),
  active_credential: credentialSummary.nullable(),
});

/** What a user sets about a platform; what is left out stays. */
export const platformChange = z.strictObject({
  link: z
    .url({ protocol: /^https$/, error: 'must be an https URL' })
    .max(2_000)
    .nullable()
    .optional()
    .describe('where this user reaches it; null: where everybody does'),
  credential_id: z.string().nullable().optional().describe('its active credential; null: none'),
});
