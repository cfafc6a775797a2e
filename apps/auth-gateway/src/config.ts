import { defaultTiers, tiersSchema } from '@musicgen/platform-contracts';
import { flag, keyRing, serviceConfig, storageConfig } from '@musicgen/service-kit';
import { z } from 'zod';
import { addressRangeProblem } from './api-keys/address-list';

const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.issues.push({ code: 'custom', message: 'must be JSON', input: undefined });
    return z.NEVER;
  }
});

/** Separated by commas. */
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  );

/** Addresses and CIDRs. */
const addressRanges = list.superRefine((ranges, context) => {
  const wrong = ranges.findIndex((range) => addressRangeProblem(range) !== null);
  if (wrong >= 0) context.addIssue(`entry ${wrong + 1} ${addressRangeProblem(ranges[wrong]!)}`);
});

const isOrigin = (text: string) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;

export const config = {
  ...serviceConfig,
  host: z.string().default('127.0.0.1').describe('address of the public HTTP API'),
  port: z.coerce.number().int().min(1).max(65_535).default(3000).describe('port of the public HTTP API'),
  publicUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .refine((url) => !/[?#@]/.test(url), 'must have no user, query or fragment')
    .transform((url) => new URL(url).href.replace(/\/+$/, ''))
    .describe('where clients reach the API; issuer of access tokens, start of links'),
  gatewayKeys: keyRing.describe('key ring, `version:base64` of 32 bytes, one a line; secret'),
  jwtAlgorithm: z.enum(['ES256', 'HS256']).default('ES256').describe('how access tokens are signed'),
  jwtSecret: z
    .string()
    .refine((secret) => Buffer.byteLength(secret) >= 32, 'must be at least 32 bytes')
    .optional()
    .describe('for `HS256`, required there; secret'),
  registration: z.enum(['open', 'closed']).default('open').describe('whether anybody may register'),
  tiers: json.pipe(tiersSchema).default(defaultTiers).describe('what each tier may do, as JSON'),
  anonymousPerHour: z.coerce
    .number()
    .int()
    .positive()
    .default(10)
    .describe('requests without credentials, per client address'),
  anonymousBurst: z.coerce.number().int().positive().default(20).describe('how many of them at once'),
  failuresPerHour: z.coerce
    .number()
    .int()
    .positive()
    .default(3_600)
    .describe('wrong credentials that are looked up, per client address and replica'),
  failuresBurst: z.coerce.number().int().positive().default(100).describe('how many of them at once'),
  cookiePerHour: z.coerce.number().int().positive().default(3_000).describe('requests of the dashboard, per user'),
  cookieBurst: z.coerce.number().int().positive().default(600).describe('how many of those at once'),
  trustedProxies: addressRanges.describe(
    'addresses or CIDRs of proxies whose `X-Forwarded-For` is believed, separated by commas',
  ),
  webhookNetworks: addressRanges.describe(
    'private addresses or CIDRs that webhooks may reach, separated by commas; also over plain http',
  ),
  webhookWorkers: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000)
    .default(16)
    .describe('webhooks that this process delivers at once; 0 leaves them to other replicas'),
  corsOrigins: list
    .refine((origins) => origins.every(isOrigin), 'each must be an origin such as https://app.example.com')
    .describe('origins whose pages may call the API, separated by commas; the dashboard’s own needs none'),
  smtpUrl: z
    .url({ protocol: /^smtps?$/ })
    .optional()
    .describe('server for e-mail, `smtps://user:password@host`; without it, e-mail is written to `MAIL_DIR`; secret'),
  mailFrom: z.string().optional().describe('sender of e-mail, required with `SMTP_URL`'),
  mailDir: z.string().default('.data/outbox').describe('folder that e-mail is written to without `SMTP_URL`'),
  ...storageConfig,
  requestLog: flag.default(true).describe('`true`: one log line per request'),
};
export type Config = z.infer<z.ZodObject<typeof config>>;

/** What no single variable can tell: one sentence per problem. */
export const configProblems = ({ jwtAlgorithm, jwtSecret, smtpUrl, mailFrom }: Config): string[] => [
  ...(jwtAlgorithm === 'HS256' && !jwtSecret ? ['JWT_SECRET is not set; JWT_ALGORITHM=HS256 needs it.'] : []),
  ...(smtpUrl && !mailFrom ? ['MAIL_FROM is not set; SMTP_URL needs it.'] : []),
];
