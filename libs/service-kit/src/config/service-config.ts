import { fromSeed } from 'nkeys.js';
import { z } from 'zod';
import { KeyRing } from '../crypto/key-ring';

/** `true` or `1`, `false` or `0`; anything else is refused, so that a typing error is no silent `false`. */
export const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');

function isUserSeed(text: string): boolean {
  try {
    return fromSeed(new TextEncoder().encode(text)).getPublicKey().startsWith('U');
  } catch {
    return false;
  }
}

const port = z.coerce.number().int().min(0).max(65_535);

/** What every service reads. A service's own `config.ts` spreads it and adds its own. */
export const serviceConfig = {
  natsUrl: z.url({ protocol: /^(nats|tls)$/ }).describe('nats-server, for example `nats://127.0.0.1:4222`'),
  natsNkeySeed: z.string().refine(isUserSeed, 'must be an nkey user seed').describe('this service’s nkey seed; secret'),
  natsTls: flag.default(false).describe('`true`: connect with TLS'),
  databaseUrl: z.url({ protocol: /^postgres(ql)?$/ }).describe('Postgres, as this service’s role; secret'),
  databasePool: z.coerce.number().int().min(1).max(100).default(10).describe('connections to Postgres at most'),
  healthHost: z.string().default('127.0.0.1').describe('address of `/health/*` and `/metrics`'),
  healthPort: port.default(0).describe('port of `/health/*` and `/metrics`; 0 takes a free one'),
  metricsToken: z.string().min(16).optional().describe('lets non-loopback callers read `/metrics`; secret'),
  logLevel: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('log level'),
  exitWithParent: flag.default(false).describe('`true`: end when standard input closes (set by `npm start`)'),
};
export type ServiceConfig = z.infer<z.ZodObject<typeof serviceConfig>>;

/** A key ring's text, parsed; what is wrong with it is told without any of it. */
export const keyRing = z.string().transform((text, context) => {
  try {
    return KeyRing.parse(text);
  } catch (error) {
    context.issues.push({ code: 'custom', message: (error as Error).message, input: undefined });
    return z.NEVER;
  }
});
