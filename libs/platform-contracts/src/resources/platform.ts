import { z } from 'zod';
import { credentialSummary } from './credential';

export const platformView = z.object({
  id: z.string(),
  name: z.string(),
  link: z.string(),
  oauth: z.boolean(),
  fields: z.array(z.record(z.string(), z.unknown())).describe('the form: one entry a field, in order'),
  active_credential: credentialSummary.nullable(),
});
