import { z } from 'zod';
import { id, timestamp } from '../ids';
import { credential } from '../resources/credential';
import { oauthConnection, startOAuthBody } from '../resources/oauth';
import { defineRpc } from './define-rpc';

/** SHA-256 of the cookie of the browser that started the flow, hexadecimal. */
const browserHash = z.string().regex(/^[0-9a-f]{64}$/);
const upstream = [
  'CREDENTIAL_INVALID',
  'REAUTHORIZATION_REQUIRED',
  'UPSTREAM_ERROR',
  'UPSTREAM_FORBIDDEN',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
] as const;

/** Starts an authorisation: where the browser has to go. A credential without a redirect URI comes back to `public_url`, the gateway's. */
export const startOAuth = defineRpc({
  subject: 'vault.v1.oauth.start',
  callers: ['auth'],
  request: startOAuthBody.extend({
    id: id('cred'),
    public_url: z.url(),
    browser_hash: browserHash.optional(),
  }),
  response: z.object({ authorize_url: z.string(), state: z.string(), expires_at: timestamp }),
  errors: ['NOT_FOUND', 'VALIDATION_FAILED', 'CONFLICT', 'CREDENTIAL_INVALID', 'UPSTREAM_UNAVAILABLE'],
});

/** The browser is back from the platform. It brings nobody's credentials: the state says whose flow it is. */
export const finishOAuth = defineRpc({
  subject: 'vault.v1.oauth.finish',
  callers: ['auth'],
  principal: 'none',
  request: z.strictObject({
    platform: z.string(),
    state: z.string(),
    code: z.string().optional(),
    error: z.string().optional(),
    iss: z.string().optional(),
    browser_hash: browserHash.optional(),
  }),
  response: oauthConnection.extend({ return_to: z.string().nullable() }),
  errors: ['OAUTH_STATE_INVALID', 'NOT_FOUND', 'VALIDATION_FAILED', ...upstream],
  timeoutMs: 25_000,
});

/** The same for an app that has a redirect page of its own. */
export const exchangeOAuth = defineRpc({
  subject: 'vault.v1.oauth.exchange',
  callers: ['auth'],
  request: z.strictObject({ id: id('cred'), code: z.string(), state: z.string(), iss: z.string().optional() }),
  response: oauthConnection,
  errors: ['OAUTH_STATE_INVALID', 'NOT_FOUND', 'VALIDATION_FAILED', ...upstream],
  timeoutMs: 25_000,
});

/** Drops the user's tokens, ends the grant at the platform where it offers that, and keeps the client. */
export const disconnectCredential = defineRpc({
  subject: 'vault.v1.oauth.disconnect',
  callers: ['auth'],
  request: z.strictObject({ id: id('cred') }),
  response: credential,
  errors: ['NOT_FOUND'],
});
