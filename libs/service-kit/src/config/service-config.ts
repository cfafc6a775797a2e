import { z } from 'zod';

/** `true`, `1` or `yes`; anything else is refused, so that a typing error is no silent `false`. */
export const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');

const port = z.coerce.number().int().min(0).max(65_535);

/** What every service reads. A service's own `config.ts` spreads it and adds its own. */
export const serviceConfig = {
  natsUrl: z.url({ protocol: /^(nats|tls)$/ }).describe('nats-server, for example `nats://127.0.0.1:4222`'),
  natsNkeySeed: z.string().startsWith('SU', 'must be an nkey user seed').describe('this service’s nkey seed; secret'),
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
