import { z } from 'zod';

const schema = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4010),
  STATE_FILE: z.string().optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  EXIT_WITH_PARENT: z.stringbool().default(false),
});

/** What the program reads from its environment; throws with what is wrong. Empty values count as not given. */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const given = Object.entries(env).filter(([, value]) => value !== '');
  const result = schema.safeParse(Object.fromEntries(given));
  if (!result.success) throw new Error(z.prettifyError(result.error));
  return result.data;
}
