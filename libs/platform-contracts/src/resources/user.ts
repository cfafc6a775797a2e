import { z } from 'zod';
import { id, timestamp } from '../ids';
import { modes, permissions, tierNames } from '../principal';
import { usage } from './generation';

const email = z.string().trim().toLowerCase().max(254).pipe(z.email('must be an e-mail address'));
/** The rules that need more than a form (common passwords, one's own address) are the gateway's. */
const password = z.string().min(8, 'must be at least 8 characters').max(128, 'must be at most 128 characters');
const mode = z.enum(modes);
const cookie = z
  .boolean()
  .describe('true: the session is held by the cookie `session`, and the answer has no tokens')
  .optional();

export const registration = z.strictObject({
  email,
  password,
  name: z.string().trim().min(1).max(120).optional(),
  mode: mode.optional(),
  cookie,
});

const passwordLogin = z.strictObject({ email, password: z.string().max(1_024), mode: mode.optional(), cookie });
const keyLogin = z.strictObject({ api_key: z.string().max(200), mode: mode.optional(), cookie });

/** By e-mail and password, or by API key. */
export const login = z
  .looseObject({})
  .transform((body, context): z.infer<typeof passwordLogin> | z.infer<typeof keyLogin> => {
    const form = 'api_key' in body ? keyLogin : passwordLogin;
    const parsed = form.safeParse(body);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: body } as never);
    return z.NEVER;
  })
  .meta({
    override: {
      oneOf: [passwordLogin, keyLogin].map((form) => {
        const { $schema: _, ...json } = z.toJSONSchema(form, { io: 'input' });
        return json;
      }),
    },
  });

export const user = z.object({
  id: id('user'),
  email: z.string(),
  name: z.string().nullable(),
  tier: z.enum(tierNames),
  mode,
  usage: usage.nullable().describe('null while musicgen-api is away'),
  created_at: timestamp,
});

export const session = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.number().int().describe('seconds'),
  refresh_token: z.string(),
  user: user.pick({ id: true, email: true, tier: true, usage: true }),
});

/** What a login answers: tokens, or with `cookie` only the user. */
export const startedSession = z.union([session, session.pick({ user: true })]);

export const modeChange = z.strictObject({ mode, cookie });

/** One of the user's sessions, as the list shows it. */
export const sessionSummary = z.object({
  id: id('sess'),
  mode,
  method: z.enum(['password', 'cookie', 'key_session']),
  key_id: id('key').nullable().describe('of a session made from an API key, which it ends with'),
  device: z.string().nullable().describe('what the client called itself'),
  address: z.string().nullable(),
  created_at: timestamp,
  last_used_at: timestamp,
  is_current: z.boolean(),
});

const oneTimeToken = z.string().max(200).describe('from the link in the e-mail');

/** With the token of a link; with the address, a new link is sent. */
export const emailVerification = z
  .strictObject({ token: oneTimeToken.optional(), email: email.optional() })
  .refine(({ token, email }) => (token === undefined) !== (email === undefined), {
    path: ['token'],
    message: 'give either token or email',
  });
export const forgottenPassword = z.strictObject({ email });
export const passwordReset = z.strictObject({ token: oneTimeToken, password });
export const passwordChange = z.strictObject({ current_password: z.string().max(1_024), password });

export const apiKeyStatuses = ['active', 'rotating', 'expired', 'revoked'] as const;

export const apiKey = z.object({
  id: id('key'),
  name: z.string(),
  prefix: z.string().describe('for example sk_live_1a2b'),
  last4: z.string(),
  mode,
  permissions: z.array(z.enum(permissions)),
  allowed_ips: z.array(z.string()).nullable(),
  expires_at: timestamp.nullable(),
  created_at: timestamp,
  last_used_at: timestamp.nullable(),
  rotation_due_at: timestamp,
  status: z.enum(apiKeyStatuses),
});

export const newApiKey = z.strictObject({
  name: z.string().trim().min(1).max(120),
  permissions: z
    .array(z.enum(permissions, { error: `must be one of ${permissions.join(', ')}` }))
    .min(1, 'must name at least one permission')
    .refine((list) => new Set(list).size === list.length, 'must not repeat a permission'),
  expires_at: z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time' }).nullish(),
  allowed_ips: z.array(z.string().max(60)).min(1).max(50).nullish(),
});

/** The only answer that holds the key itself. */
export const createdApiKey = apiKey.extend({ key: z.string() });

/** How long the replaced key still works. */
export const apiKeyRotation = z.strictObject({
  overlap_days: z.number().int().min(0).max(30).default(7).describe('days that the old key still works'),
});
