import { keyRing, serviceConfig } from '@musicgen/service-kit';
import { z } from 'zod';

export const config = {
  ...serviceConfig,
  vaultKeys: keyRing.describe(
    'key ring, `version:base64` of 32 bytes, one a line; lose it and all credentials are lost; secret',
  ),
  sandboxUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .optional()
    .describe('the platform sandbox, which test mode reaches; without it test mode reaches no platform'),
};
export type Config = z.infer<z.ZodObject<typeof config>>;
