import { z } from 'zod';
import { id } from '../ids';
import { pageOf, pageQuery } from '../pages';
import { apiKey, createdApiKey, login, newApiKey, registration, session, user } from '../resources/user';
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
  response: session,
  errors: ['CONFLICT', 'INSUFFICIENT_PERMISSIONS'],
  example: { body: { email: 'user@example.com', password: 'a long pass phrase' }, response: exampleSession },
});

export const loginRoute = defineRoute({
  name: 'login',
  method: 'POST',
  path: '/v1/auth/login',
  access: 'anonymous',
  tag: 'Authentication',
  summary: 'Start a session by password or API key',
  body: login,
  status: 200,
  response: session,
  errors: ['INVALID_CREDENTIALS', 'INVALID_API_KEY', 'API_KEY_EXPIRED', 'IP_NOT_ALLOWED', 'ACCOUNT_LOCKED'],
  example: { body: { email: 'user@example.com', password: 'a long pass phrase' }, response: exampleSession },
});

export const refreshRoute = defineRoute({
  name: 'refresh',
  method: 'POST',
  path: '/v1/auth/refresh',
  access: 'anonymous',
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

export const jwksRoute = defineRoute({
  name: 'jwks',
  method: 'GET',
  path: '/.well-known/jwks.json',
  access: 'anonymous',
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
