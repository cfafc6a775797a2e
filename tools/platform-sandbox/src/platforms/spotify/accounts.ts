import { json, type Answer } from '../../http/answer';
import { post, type Route } from '../../http/route';
import { authorizeRoutes, type AuthorizeRules, type Refusal } from '../../oauth/authorize';
import { isChallenge } from '../../oauth/pkce';
import { isHttps, isLoopbackIp, isRegistered, withoutPort } from '../../oauth/redirect-uris';
import { tokenEndpoint } from '../../oauth/token-endpoint';
import type { TokenProblem, TokenRules } from '../../oauth/token-rules';
import { addMonths } from '../../state/clock';
import { randomText } from '../../state/random';
import type { Client } from '../../state/rows';
import { spotifyScopes } from './scopes';

const platform = 'spotify';

const page = (detail: string): Refusal => ({ page: detail });

/** https://developer.spotify.com/documentation/web-api/concepts/redirect_uri */
function redirectRefusal(uri: string, client: Client): Refusal | undefined {
  if (!isHttps(uri) && !isLoopbackIp(uri)) return page('INVALID_CLIENT: Insecure redirect URI');
  const isLoopbackWithAnyPort = isLoopbackIp(uri) && isRegistered(client, withoutPort(uri) ?? '');
  return isRegistered(client, uri) || isLoopbackWithAnyPort ? undefined : page('INVALID_CLIENT: Invalid redirect URI');
}

/** https://developer.spotify.com/documentation/web-api/tutorials/code-pkce-flow: what is wrong with app or address stays on Spotify's page. */
function check(params: URLSearchParams, client: Client | undefined): Refusal | undefined {
  if (!client || client.isDisabled) return page('INVALID_CLIENT: Invalid client');
  const refusal = redirectRefusal(params.get('redirect_uri') ?? '', client);
  if (refusal) return refusal;
  if (params.get('response_type') !== 'code') return page('response_type must be code');
  const challenge = params.get('code_challenge');
  const method = params.get('code_challenge_method');
  if (challenge !== null && (method !== 'S256' || !isChallenge(challenge, 'S256'))) {
    return { error: 'invalid_request', description: 'code_challenge_method must be S256' };
  }
  const scopes = (params.get('scope') ?? '').split(' ').filter(Boolean);
  const allowed = client.scopes ?? spotifyScopes;
  return scopes.every((scope) => allowed.includes(scope)) ? undefined : { error: 'invalid_scope' };
}

const authorizeRules: AuthorizeRules = {
  platform,
  brand: 'Spotify',
  clientParams: ['client_id'],
  scopeParams: ['scope'],
  separator: / +/,
  check,
  denied: { error: 'access_denied' },
  asksAgain: (params) => params.get('show_dialog') === 'true',
  makeCode: () => `AQ${randomText(180)}`,
};

/** The bodies on record; texts nobody recorded are our guess. */
const problems: Record<TokenProblem, [error: string, description?: string]> = {
  no_client: ['invalid_client'],
  unknown_client: ['invalid_client', 'Invalid client'],
  wrong_secret: ['invalid_client', 'Invalid client secret'],
  disabled_client: ['invalid_client', 'Invalid client'],
  missing_parameter: ['invalid_request'],
  unsupported_grant: ['unsupported_grant_type', 'grant_type parameter is missing or unknown'],
  bad_code: ['invalid_grant', 'Invalid authorization code'],
  used_code: ['invalid_grant', 'Invalid authorization code'],
  expired_code: ['invalid_grant', 'Authorization code expired'],
  wrong_redirect: ['invalid_grant', 'Invalid redirect URI'],
  wrong_verifier: ['invalid_grant', 'code_verifier was incorrect'],
  missing_verifier: ['invalid_grant', 'code_verifier was incorrect'],
  unknown_refresh_token: ['invalid_grant', 'Invalid refresh token'],
  dead_refresh_token: ['invalid_grant', 'Refresh token revoked'],
};

/** What the token endpoint says when something is wrong: RFC 6749's shape, not the Web API's. */
export function tokenProblem(problem: TokenProblem, parameter?: string): Answer {
  if (problem === 'missing_parameter' && parameter === 'grant_type') return tokenProblem('unsupported_grant');
  const [error, description] = problems[problem];
  const text = description ?? (parameter && `${parameter} must be supplied`);
  return json(400, { error, ...(text && { error_description: text }) });
}

/** https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens; the six months: https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration */
export const spotifyTokens: TokenRules = {
  platform,
  grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  allowsPublicClients: true,
  problem: tokenProblem,
  makeToken: (kind) => (kind === 'refresh' ? `AQ${randomText(129)}` : `BQ${randomText(kind === 'app' ? 113 : 300)}`),
  givesRefreshToken: () => true,
  refreshExpiresAt: (grant) => addMonths(grant.consentedAt, 6),
  answer: ({ access, refresh, expiresInSeconds }) =>
    json(200, {
      access_token: access.id,
      token_type: 'Bearer',
      expires_in: expiresInSeconds,
      ...(access.kind !== 'app' && { scope: access.scopes.join(' ') }),
      ...(refresh !== undefined && { refresh_token: refresh }),
    }),
};

/** accounts.spotify.com */
export const accountsRoutes: Route[] = [
  ...authorizeRoutes('/authorize', authorizeRules),
  post('/api/token', (call, world) => tokenEndpoint(call, world, spotifyTokens)),
];
