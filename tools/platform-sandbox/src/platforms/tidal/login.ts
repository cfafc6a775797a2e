import { json, type Answer } from '../../http/answer';
import { post, type Route } from '../../http/route';
import { authorizeRoutes, type AuthorizeRules, type Refusal } from '../../oauth/authorize';
import { isChallenge } from '../../oauth/pkce';
import { isRegistered } from '../../oauth/redirect-uris';
import { tokenEndpoint } from '../../oauth/token-endpoint';
import type { TokenProblem, TokenRules } from '../../oauth/token-rules';
import { randomText, stableNumber } from '../../state/random';
import type { Client } from '../../state/rows';

const platform = 'tidal';

/** What apps of others may ask for; `r_usr` and `w_usr`, found in many examples, break the login page. */
const scopes = [
  'user.read',
  'collection.read',
  'collection.write',
  'playlists.read',
  'playlists.write',
  'search.read',
  'search.write',
  'playback',
  'recommendations.read',
  'entitlements.read',
];

/** https://developer.tidal.com/documentation/api-sdk/api-sdk-authorization: PKCE is not a choice. */
function check(params: URLSearchParams, client: Client | undefined): Refusal | undefined {
  if (!client || client.isDisabled) return { page: 'Error 1002: invalid client_id' };
  if (!isRegistered(client, params.get('redirect_uri') ?? '')) return { page: 'Error 1002: invalid redirect_uri' };
  const asked = (params.get('scope') ?? '').split(' ').filter(Boolean);
  if (!asked.every((scope) => (client.scopes ?? scopes).includes(scope))) return { page: 'Error 11102: invalid scope' };
  if (params.get('response_type') !== 'code') return { error: 'unsupported_response_type' };
  const isPkce =
    params.get('code_challenge_method') === 'S256' && isChallenge(params.get('code_challenge') ?? '', 'S256');
  return isPkce ? undefined : { error: 'invalid_request', description: 'code_challenge is required' };
}

const authorizeRules: AuthorizeRules = {
  platform,
  brand: 'TIDAL',
  clientParams: ['client_id'],
  scopeParams: ['scope'],
  separator: / +/,
  check,
  denied: { error: 'access_denied' },
  asksAgain: () => false,
  makeCode: () => randomText(64),
};

const problems: Record<TokenProblem, [status: number, error: string, subStatus: number, description: string]> = {
  no_client: [401, 'invalid_client', 1005, 'client not found'],
  unknown_client: [401, 'invalid_client', 1005, 'client not found'],
  wrong_secret: [401, 'invalid_client', 1005, 'client not found'],
  disabled_client: [400, 'unauthorized_client', 1006, 'client is not allowed'],
  missing_parameter: [400, 'invalid_request', 1002, 'missing parameter'],
  unsupported_grant: [400, 'unsupported_grant_type', 1003, 'grant_type is not supported'],
  bad_code: [400, 'invalid_grant', 11_003, 'code is invalid'],
  used_code: [400, 'invalid_grant', 11_003, 'code is invalid'],
  expired_code: [400, 'invalid_grant', 11_003, 'code is expired'],
  wrong_redirect: [400, 'invalid_grant', 11_003, 'redirect_uri does not match'],
  wrong_verifier: [400, 'invalid_grant', 11_003, 'code_verifier does not match'],
  missing_verifier: [400, 'invalid_request', 1002, 'missing parameter: code_verifier'],
  unknown_refresh_token: [400, 'invalid_grant', 11_101, 'Token could not be verified'],
  dead_refresh_token: [400, 'invalid_grant', 11_101, 'Token could not be verified'],
};

/** OAuth's members, and Tidal's own numbers beside them. */
export const oauthError = (status: number, error: string, subStatus: number, description: string): Answer =>
  json(status, { status, error, sub_status: subStatus, error_description: description });

/** What the token endpoint says when something is wrong. */
export const tokenProblem = (problem: TokenProblem): Answer => oauthError(...problems[problem]);

/** Tidal's number of a user. */
export const tidalUserId = (userId: string): number => 100_000_000 + stableNumber(`tidal:${userId}`, 1_000_000);

/** https://github.com/tidal-music/tidal-sdk-web/tree/main/packages/auth: a refresh usually brings no new refresh token. */
export const tidalTokens: TokenRules = {
  platform,
  grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  allowsPublicClients: true,
  problem: tokenProblem,
  makeToken: (kind, facts) => jwtLike(kind, facts.client.clientId, facts.now),
  givesRefreshToken: () => true,
  answer: ({ access, refresh, expiresInSeconds, client }) =>
    json(200, {
      access_token: access.id,
      token_type: 'Bearer',
      expires_in: expiresInSeconds,
      scope: access.scopes.join(' '),
      ...(refresh !== undefined && { refresh_token: refresh }),
      ...(access.userId !== null && { user_id: tidalUserId(access.userId), clientName: client.name }),
    }),
};

/** Tidal's tokens are JWTs; clients must not read them, but they are as long. */
function jwtLike(kind: string, clientId: string, now: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const type = kind === 'refresh' ? 'o2_refresh' : 'o2_access';
  return `${part({ typ: 'JWT', alg: 'ES512' })}.${part({ type, cid: clientId, iat: now, jti: randomText(24) })}.${randomText(176)}`;
}

/** login.tidal.com */
export const loginRoutes: Route[] = authorizeRoutes('/authorize', authorizeRules);

/** auth.tidal.com */
export const authRoutes: Route[] = [post('/v1/oauth2/token', (call, world) => tokenEndpoint(call, world, tidalTokens))];
