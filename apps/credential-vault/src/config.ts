import { KeyRing, serviceConfig } from '@musicgen/service-kit';
import { z } from 'zod';

export const config = {
  ...serviceConfig,
  vaultKeys: z
    .string()
    .transform((text, context) => {
      try {
        return KeyRing.parse(text, 'the key ring');
      } catch (error) {
        context.issues.push({ code: 'custom', message: (error as Error).message, input: undefined });
        return z.NEVER;
      }
    })
    .describe('key ring, `version:base64` of 32 bytes, one a line; lose it and all credentials are lost; secret'),
};
export type Config = z.infer<z.ZodObject<typeof config>>;
