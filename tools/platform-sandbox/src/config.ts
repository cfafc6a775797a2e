import { z } from 'zod';

const schema = z
  .object({
    HOST: z.string().default('127.0.0.1'),
    PORT: z.coerce.number().int().min(0).max(65_535).default(4010),
    STATE_FILE: z.string().optional(),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    EXIT_WITH_PARENT: z.stringbool().default(false),
    TLS_CERT_FILE: z.string().optional(),
    TLS_KEY_FILE: z.string().optional(),
  })
  .refine((config) => (config.TLS_CERT_FILE === undefined) === (config.TLS_KEY_FILE === undefined), {
    path: ['TLS_KEY_FILE'],
    message: 'A certificate needs its key, and a key its certificate: give TLS_CERT_FILE and TLS_KEY_FILE',
  });

/** The program's settings. */
export type Config = z.infer<typeof schema>;

/** What the program reads from its environment; throws with what is wrong. Empty values count as not given. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.entries(env).filter(([, value]) => value !== '');
  const result = schema.safeParse(Object.fromEntries(given));
  if (!result.success) throw new Error(z.prettifyError(result.error));
  return result.data;
}
