import { z } from 'zod';
import { id } from '../ids';
import { pageOf, pageQuery } from '../pages';
import { usageQuery, usageReport } from '../resources/usage';
import {
  apiKey,
  apiKeyRotation,
  createdApiKey,
  emailVerification,
  forgottenPassword,
  login,
  modeChange,
  newApiKey,
  passwordChange,
  passwordReset,
  registration,
  session,
  sessionSummary,
  startedSession,
  user,
} from '../resources/user';
import { defineRoute } from './define-route';

const exampleSession = {
  access_token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9…',
  token_type: 'bearer',
  expires_in: 3600,
  refresh_token: 'refresh_…',
  user: {
    id: 'user_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
    email: 'user@example.com',
    tier: 'pro',
    usage: { generations_remaining: 450, reset_date: '2026-11-21T00:00:00.000Z' },
  },
};

export const registerRoute = defineRoute({
  name: 'register',
  method: 'POST',
  path: '/v1/auth/register',
  access: 'anonymous',
  tag: 'Authentication',
  summary: 'Create a user and a session',
  body: registration,
  status: 201,
  response: startedSession,
  errors: ['CONFLICT', 'INSUFFICIENT_PERMISSIONS', 'ACCOUNT_LOCKED'],
  example: { body: { email: 'user@example.com', password: 'a long pass phrase' }, response: exampleSession },
});

export const loginRoute = defineRoute({
  name: 'login',
  method: 'POST',
  path: '/v1/auth/login',
  access: 'anonymous',
  counted: 'by-handler',
  tag: 'Authentication',
  summary: 'Start a session by password or API key',
  body: login,
  status: 200,
  response: startedSession,
  errors: ['INVALID_CREDENTIALS', 'INVALID_API_KEY', 'API_KEY_EXPIRED', 'IP_NOT_ALLOWED', 'ACCOUNT_LOCKED'],
  example: { body: { email: 'user@example.com', password: 'a long pass phrase' }, response: exampleSession },
});

export const refreshRoute = defineRoute({
  name: 'refresh',
  method: 'POST',
  path: '/v1/auth/refresh',
  access: 'anonymous',
  counted: 'by-handler',
  tag: 'Authentication',
  summary: 'A new access token for a refresh token',
  body: z.strictObject({ refresh_token: z.string().max(200) }),
  status: 200,
  response: session,
  errors: ['INVALID_REFRESH_TOKEN', 'IP_NOT_ALLOWED'],
  example: { body: { refresh_token: 'refresh_…' }, response: exampleSession },
});

export const logoutRoute = defineRoute({
  name: 'logout',
  method: 'POST',
  path: '/v1/auth/logout',
  access: 'session',
  tag: 'Authentication',
  summary: 'End the session',
  status: 204,
  errors: [],
});

export const changeModeRoute = defineRoute({
  name: 'changeMode',
  method: 'POST',
  path: '/v1/auth/mode',
  access: 'session',
  tag: 'Authentication',
  summary: 'A session of the other mode',
  body: modeChange,
  status: 200,
  response: startedSession,
  errors: [],
  example: { body: { mode: 'test' }, response: exampleSession },
});

export const verifyEmailRoute = defineRoute({
  name: 'verifyEmail',
  method: 'POST',
  path: '/v1/auth/email/verify',
  access: 'anonymous',
  tag: 'Authentication',
  summary: 'Prove an e-mail address by the link that was sent to it, or have a new one sent',
  body: emailVerification,
  status: 204,
  errors: [],
  example: { body: { token: '…' } },
});

export const forgotPasswordRoute = defineRoute({
  name: 'forgotPassword',
  method: 'POST',
  path: '/v1/auth/password/forgot',
  access: 'anonymous',
  tag: 'Authentication',
  summary: 'Send a link for a new password; the answer is the same whether or not the address is known',
  body: forgottenPassword,
  status: 204,
  errors: [],
  example: { body: { email: 'user@example.com' } },
});

export const resetPasswordRoute = defineRoute({
  name: 'resetPassword',
  method: 'POST',
  path: '/v1/auth/password/reset',
  access: 'anonymous',
  tag: 'Authentication',
  summary: 'Choose a new password by such a link; every session ends',
  body: passwordReset,
  status: 204,
  errors: [],
  example: { body: { token: '…', password: 'another long pass phrase' } },
});

export const changePasswordRoute = defineRoute({
  name: 'changePassword',
  method: 'PUT',
  path: '/v1/user/password',
  access: 'session',
  tag: 'User',
  summary: 'Change the password; all other sessions end',
  body: passwordChange,
  status: 204,
  errors: ['INVALID_CREDENTIALS', 'ACCOUNT_LOCKED'],
  example: { body: { current_password: 'a long pass phrase', password: 'another long pass phrase' } },
});

export const listSessionsRoute = defineRoute({
  name: 'listSessions',
  method: 'GET',
  path: '/v1/auth/sessions',
  access: 'session',
  tag: 'Authentication',
  summary: 'The user’s sessions of this mode, newest first',
  query: pageQuery.extend({ cursor: id('sess').optional() }),
  status: 200,
  response: pageOf(sessionSummary),
  errors: [],
  example: {
    response: {
      data: [
        {
          id: 'sess_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
          mode: 'live',
          method: 'cookie',
          key_id: null,
          device: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0',
          address: '203.0.113.7',
          created_at: '2026-11-20T10:00:00.000Z',
          last_used_at: '2026-11-20T11:30:00.000Z',
          is_current: true,
        },
      ],
      next_cursor: null,
    },
  },
});

export const endSessionRoute = defineRoute({
  name: 'endSession',
  method: 'DELETE',
  path: '/v1/auth/sessions/{id}',
  access: 'session',
  tag: 'Authentication',
  summary: 'End a session: it is refused everywhere within a second',
  params: z.object({ id: id('sess') }),
  status: 204,
  errors: [],
});

export const jwksRoute = defineRoute({
  name: 'jwks',
  method: 'GET',
  path: '/.well-known/jwks.json',
  access: 'anonymous',
  counted: 'never',
  tag: 'Authentication',
  summary: 'Public keys of access tokens',
  status: 200,
  response: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
  errors: [],
  example: { response: { keys: [{ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid: '…', x: '…', y: '…' }] } },
});

const exampleUser = {
  id: 'user_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
  email: 'user@example.com',
  name: 'Ada',
  tier: 'pro',
  mode: 'live',
  usage: { generations_remaining: 450, reset_date: '2026-11-21T00:00:00.000Z' },
  created_at: '2026-11-20T10:00:00.000Z',
};

export const getProfileRoute = defineRoute({
  name: 'getProfile',
  method: 'GET',
  path: '/v1/user/profile',
  access: 'user:read',
  tag: 'User',
  summary: 'Who the caller is, with what is left of today',
  status: 200,
  response: user,
  errors: [],
  example: { response: exampleUser },
});

export const updateProfileRoute = defineRoute({
  name: 'updateProfile',
  method: 'PUT',
  path: '/v1/user/profile',
  access: 'user:write',
  tag: 'User',
  summary: 'Change the name',
  body: z.strictObject({ name: z.string().trim().min(1).max(120).nullable() }),
  status: 200,
  response: user,
  errors: [],
  example: { body: { name: 'Ada' }, response: exampleUser },
});

const exampleKey = {
  id: 'key_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
  name: 'my app',
  prefix: 'sk_live_1a2b',
  last4: 'x9Yz',
  mode: 'live',
  permissions: ['generate', 'models:read'],
  allowed_ips: null,
  expires_at: null,
  created_at: '2026-11-20T10:00:00.000Z',
  last_used_at: null,
  rotation_due_at: '2027-02-18T10:00:00.000Z',
  status: 'active',
};
const keyParams = z.object({ id: id('key') });

export const listApiKeysRoute = defineRoute({
  name: 'listApiKeys',
  method: 'GET',
  path: '/v1/user/api-keys',
  access: 'api-keys:manage',
  tag: 'API keys',
  summary: 'The caller’s keys of this mode, newest first',
  query: pageQuery.extend({ cursor: id('key').optional() }),
  status: 200,
  response: pageOf(apiKey),
  errors: [],
  example: { response: { data: [exampleKey], next_cursor: null } },
});

export const createApiKeyRoute = defineRoute({
  name: 'createApiKey',
  method: 'POST',
  path: '/v1/user/api-keys',
  access: 'api-keys:manage',
  tag: 'API keys',
  summary: 'Create a key; this answer alone holds it',
  creates: 'key',
  body: newApiKey,
  status: 201,
  response: createdApiKey,
  errors: ['INSUFFICIENT_PERMISSIONS'],
  example: {
    body: { name: 'my app', permissions: ['generate', 'models:read'] },
    response: { ...exampleKey, key: 'sk_live_1a2b…x9Yz' },
  },
});

export const getApiKeyRoute = defineRoute({
  name: 'getApiKey',
  method: 'GET',
  path: '/v1/user/api-keys/{id}',
  access: 'api-keys:manage',
  tag: 'API keys',
  summary: 'One key',
  params: keyParams,
  status: 200,
  response: apiKey,
  errors: [],
  example: { response: exampleKey },
});

export const revokeApiKeyRoute = defineRoute({
  name: 'revokeApiKey',
  method: 'DELETE',
  path: '/v1/user/api-keys/{id}',
  access: 'api-keys:manage',
  tag: 'API keys',
  summary: 'Revoke a key: it is refused everywhere within a second',
  params: keyParams,
  status: 204,
  errors: [],
});

export const rotateApiKeyRoute = defineRoute({
  name: 'rotateApiKey',
  method: 'POST',
  path: '/v1/user/api-keys/{id}/rotate',
  access: 'api-keys:manage',
  tag: 'API keys',
  summary: 'Replace a key by a new one with the same settings; the old one works until the overlap ends',
  creates: 'key',
  params: keyParams,
  body: apiKeyRotation,
  status: 201,
  response: createdApiKey,
  errors: ['CONFLICT', 'INSUFFICIENT_PERMISSIONS'],
  example: { body: { overlap_days: 7 }, response: { ...exampleKey, key: 'sk_live_1a2b…x9Yz' } },
});

export const getUsageRoute = defineRoute({
  name: 'getUsage',
  method: 'GET',
  path: '/v1/user/usage',
  access: 'user:read',
  tag: 'User',
  summary: 'Requests by day, key, route and status class; generations by day, key and outcome',
  query: usageQuery,
  status: 200,
  response: usageReport,
  errors: [],
  example: {
    response: {
      from: '2026-11-20',
      to: '2026-11-20',
      requests: [
        { day: '2026-11-20', key_id: exampleKey.id, route: 'POST /v1/generate', status_class: '2xx', requests: 12 },
      ],
      generations: [{ day: '2026-11-20', key_id: exampleKey.id, outcome: 'succeeded', generations: 11 }],
      truncated: false,
    },
  },
});
