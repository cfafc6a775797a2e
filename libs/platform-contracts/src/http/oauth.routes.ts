import { z } from 'zod';
import { id } from '../ids';
import { platformId } from '../resources/credential';
import { exchangeOAuthBody, oauthConnection, startOAuthBody } from '../resources/oauth';
import { defineRoute } from './define-route';

const tag = 'OAuth';
const one = z.object({ id: id('cred') });
const exampleConnection = {
  credential_id: 'cred_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
  platform: 'spotify',
  account: 'Ada',
  scopes: ['user-top-read'],
};
const state = 'Vq3m8yQm1H0nXl2cJ7dR5tKw9aZpB4sE6fGuYiOoLxU';
const upstream = [
  'CREDENTIAL_INVALID',
  'REAUTHORIZATION_REQUIRED',
  'UPSTREAM_ERROR',
  'UPSTREAM_FORBIDDEN',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
] as const;

export const startOAuthRoute = defineRoute({
  name: 'startOAuth',
  method: 'POST',
  path: '/v1/credentials/{id}/oauth/start',
  access: 'credentials:write',
  tag,
  summary: 'Start an authorisation: send the user’s browser to `authorize_url` within ten minutes',
  params: one,
  body: startOAuthBody,
  status: 200,
  response: z.object({ authorize_url: z.string(), state: z.string(), expires_at: z.string() }),
  errors: ['CONFLICT', 'CREDENTIAL_INVALID', 'UPSTREAM_UNAVAILABLE'],
  example: {
    body: { scopes: ['user-top-read'], show_dialog: true },
    response: {
      authorize_url: `https://accounts.spotify.com/authorize?client_id=0123&response_type=code&state=${state}`,
      state,
      expires_at: '2026-11-20T10:10:00.000Z',
    },
  },
});

export const exchangeOAuthRoute = defineRoute({
  name: 'exchangeOAuth',
  method: 'POST',
  path: '/v1/credentials/{id}/oauth/exchange',
  access: 'credentials:write',
  tag,
  summary: 'Finish an authorisation that came back to the app’s own redirect page',
  params: one,
  body: exchangeOAuthBody,
  status: 200,
  response: oauthConnection,
  errors: ['OAUTH_STATE_INVALID', ...upstream],
  example: { body: { code: 'AQD…', state }, response: exampleConnection },
});

const parameter = z.string().max(4_096).optional();

/** Who sends it is the platform, and it adds what it likes. */
export const finishOAuthRoute = defineRoute({
  name: 'finishOAuth',
  method: 'GET',
  path: '/v1/oauth/{platform}/callback',
  access: 'anonymous',
  counted: 'by-handler',
  tag,
  summary: 'Where platforms send the browser back to: stores the tokens, then shows a page or sends the browser on',
  params: z.object({ platform: platformId }),
  query: z.looseObject({
    state: parameter,
    code: parameter,
    error: parameter,
    error_reason: parameter,
    iss: parameter,
  }),
  status: 200,
  response: oauthConnection,
  isPage: true,
  errors: ['OAUTH_STATE_INVALID', ...upstream],
  example: { response: exampleConnection },
});
