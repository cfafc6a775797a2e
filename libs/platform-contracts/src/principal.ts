import { z } from 'zod';

export const modes = ['live', 'test'] as const;
/** Live reaches the real platforms; test reaches the sandbox and spends no quota. */
export type Mode = (typeof modes)[number];

/** What an API key may be allowed; a password session has all of them. `admin` is a role, never a permission. */
export const permissions = [
  'generate',
  'models:read',
  'user:read',
  'user:write',
  'api-keys:manage',
  'webhooks:manage',
  'credentials:read',
  'credentials:write',
  'credentials:token',
  'spotify:read',
  'spotify:sync',
  'acrcloud:identify',
  'acrcloud:scan',
] as const;
export type Permission = (typeof permissions)[number];

export const roles = ['user', 'admin'] as const;
export type Role = (typeof roles)[number];

export const tierNames = ['free', 'pro', 'enterprise'] as const;
export type TierName = (typeof tierNames)[number];

/** Who a request acts for, as it travels between services. Ids and rights, never secrets. */
export const principalSchema = z.strictObject({
  user_id: z.string(),
  /** Of a password session or a session made from a key. */
  session_id: z.string().optional(),
  key_id: z.string().optional(),
  /** `password` is a session made by password, `cookie` one that the dashboard's cookie holds; the user's role counts only there. */
  method: z.enum(['password', 'cookie', 'api_key', 'key_session']),
  mode: z.enum(modes),
  tier: z.enum(tierNames),
  role: z.enum(roles),
  permissions: z.array(z.enum(permissions)),
  /** `job`: acts later than the request that asked, with rights looked up anew. */
  origin: z.enum(['request', 'job']),
});
export type Principal = z.infer<typeof principalSchema>;
