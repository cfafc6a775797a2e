import { keyRing, serviceConfig } from '@musicgen/service-kit';
import type { z } from 'zod';

export const config = {
  ...serviceConfig,
  vaultKeys: keyRing.describe(
    'key ring, `version:base64` of 32 bytes, one a line; lose it and all credentials are lost; secret',
  ),
};
export type Config = z.infer<z.ZodObject<typeof config>>;
