import { z } from 'zod';
import { id } from '../ids';
import { platformId } from '../resources/credential';
import { issuedToken, tokenInfo, tokenKinds } from '../resources/token';
import { defineRoute } from './define-route';

const tag = 'Tokens';
const one = z.object({ id: id('cred') });
const wish = z.strictObject({
  kind: z.enum(tokenKinds).optional().describe('`user` (the default): what a user granted; `app`: the client’s own'),
  rejected: z.int().min(0).optional().describe('the `version` of a token that the platform has refused'),
});
const failures = [
  'NO_ACTIVE_CREDENTIAL',
  'REAUTHORIZATION_REQUIRED',
  'CREDENTIAL_INVALID',
  'TOKEN_REFRESH_FAILED',
] as const;

const exampleToken = {
  credential_id: 'cred_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
  platform: 'spotify',
  kind: 'user',
  access_token: 'BQD…',
  token_type: 'Bearer',
  expires_at: '2026-11-20T11:00:00.000Z',
  expires_in: 3600,
  scopes: ['user-top-read'],
  version: 3,
} as const;
const exampleInfo = {
  credential_id: exampleToken.credential_id,
  platform: 'spotify',
  state: 'valid',
  access_token_present: true,
  refresh_token_present: true,
  expires_at: '2026-11-20T11:00:00.000Z',
  expired: false,
  scopes_granted: ['user-top-read'],
  scopes_missing: [],
  consented_at: '2026-11-01T09:00:00.000Z',
  last_refresh_at: '2026-11-20T10:00:00.000Z',
  next_refresh_at: '2026-11-20T10:50:00.000Z',
  reauth_due_at: '2027-05-01T09:00:00.000Z',
  failing_since: null,
  reason: null,
  remedy: null,
} as const;

export const describeTokenRoute = defineRoute({
  name: 'describeToken',
  method: 'GET',
  path: '/v1/credentials/{id}/token',
  access: 'credentials:read',
  tag,
  summary: 'How the credential’s token stands; never the token',
  params: one,
  status: 200,
  response: tokenInfo,
  errors: [],
  example: { response: exampleInfo },
});

export const issueTokenRoute = defineRoute({
  name: 'issueToken',
  method: 'POST',
  path: '/v1/credentials/{id}/token',
  access: 'credentials:token',
  tag,
  summary: 'A valid access token of the credential, renewed if it has to be',
  params: one,
  body: wish,
  status: 200,
  response: issuedToken,
  errors: failures,
  example: { body: {}, response: exampleToken },
});

export const issuePlatformTokenRoute = defineRoute({
  name: 'issuePlatformToken',
  method: 'POST',
  path: '/v1/platforms/{platform}/token',
  access: 'credentials:token',
  tag,
  summary: 'A valid access token of the platform’s active credential',
  params: z.object({ platform: platformId }),
  body: wish,
  status: 200,
  response: issuedToken,
  errors: failures,
  example: { body: { kind: 'app' }, response: { ...exampleToken, kind: 'app' } },
});

export const refreshTokenRoute = defineRoute({
  name: 'refreshToken',
  method: 'POST',
  path: '/v1/credentials/{id}/refresh',
  access: 'credentials:write',
  tag,
  summary: 'Renew the access token now',
  params: one,
  status: 200,
  response: tokenInfo,
  errors: failures,
  example: { response: exampleInfo },
});

export const disconnectCredentialRoute = defineRoute({
  name: 'disconnectCredential',
  method: 'DELETE',
  path: '/v1/credentials/{id}/token',
  access: 'credentials:write',
  tag,
  summary: 'Disconnect the account: drop the tokens, end the grant at the platform, keep the client',
  params: one,
  status: 204,
  errors: [],
});
