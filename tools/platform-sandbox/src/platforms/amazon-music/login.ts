import { json, type Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import { get, post, type Route } from '../../http/route';
import { authorizeRoutes, type AuthorizeRules, type Refusal } from '../../oauth/authorize';
import { isChallenge } from '../../oauth/pkce';
import { isHttps, isLocalhost, isLoopbackIp, isRegistered } from '../../oauth/redirect-uris';
import { tokenEndpoint } from '../../oauth/token-endpoint';
import type { TokenProblem, TokenRules } from '../../oauth/token-rules';
import { randomId, randomText, stableText } from '../../state/random';
import type { Client, User } from '../../state/rows';
import type { World } from '../../state/world';
import { platform, settingsOf } from './settings';

const musicScopes = [
  'catalog',
  'favorites',
  'favorites:read',
  'history',
  'library',
  'library:read',
  'playback',
  'profile',
  'profile:read',
  'recommendation',
];
const loginScopes = ['profile', 'profile:user_id', 'postal_code'];

const page = (detail: string): Refusal => ({
  page: "We're sorry!",
  detail: `An error occurred when we tried to process your request. Error Summary: 400 Bad Request. ${detail}`,
});

/** https://developer.amazon.com/docs/login-with-amazon/authorization-code-grant.html */
function check(params: URLSearchParams, client: Client | undefined): Refusal | undefined {
  if (!client || client.isDisabled) return page('Unknown client_id');
  const uri = params.get('redirect_uri') ?? '';
  const isSafe = isHttps(uri) || isLocalhost(uri) || isLoopbackIp(uri);
  if (!isSafe || !isRegistered(client, uri)) return page('The redirect URI you provided has not been whitelisted');
  if (params.get('response_type') !== 'code') return { error: 'unsupported_response_type' };
  const known =
    client.mode === 'not_enabled' ? loginScopes : [...loginScopes, ...musicScopes.map((name) => `music::${name}`)];
  const scopes = (params.get('scope') ?? '').split(' ').filter(Boolean);
  if (scopes.length === 0) return { error: 'invalid_request', description: 'Missing required parameter: scope' };
  const unknown = scopes.find((scope) => !(client.scopes ?? known).includes(scope));
  if (unknown) return { error: 'invalid_scope', description: `An unknown scope was requested: ${unknown}` };
  const challenge = params.get('code_challenge');
  const isOdd = challenge !== null && !isChallenge(challenge, params.get('code_challenge_method') ?? 'plain');
  return isOdd ? { error: 'invalid_request', description: 'Invalid code_challenge' } : undefined;
}

const authorizeRules: AuthorizeRules = {
  platform,
  brand: 'Amazon',
  clientParams: ['client_id'],
  scopeParams: ['scope'],
  separator: / +/,
  check,
  denied: { error: 'access_denied', error_description: 'Access not permitted.' },
  extras: (_, scopes) => ({ scope: scopes.join(' ') }),
  asksAgain: () => false,
  makeCode: () => `AN${randomText(18)}`,
};

const invalidGrant = 'The request has an invalid grant parameter : ';
const problems: Record<TokenProblem, [status: number, error: string, description: string]> = {
  no_client: [400, 'invalid_request', 'The request is missing a required parameter : client_id'],
  unknown_client: [401, 'invalid_client', 'Client authentication failed'],
  wrong_secret: [401, 'invalid_client', 'Client authentication failed'],
  disabled_client: [400, 'unauthorized_client', 'The client is not authorized to request an access token'],
  missing_parameter: [400, 'invalid_request', 'The request is missing a required parameter : '],
  unsupported_grant: [400, 'unsupported_grant_type', 'The authorization grant type is not supported'],
  bad_code: [400, 'invalid_grant', `${invalidGrant}code`],
  used_code: [400, 'invalid_grant', `${invalidGrant}code`],
  expired_code: [400, 'invalid_grant', `${invalidGrant}code`],
  wrong_redirect: [400, 'invalid_grant', `${invalidGrant}redirect_uri`],
  wrong_verifier: [400, 'invalid_grant', `${invalidGrant}code_verifier`],
  missing_verifier: [400, 'invalid_request', 'The request is missing a required parameter : code_verifier'],
  unknown_refresh_token: [400, 'invalid_grant', `${invalidGrant}refresh_token`],
  dead_refresh_token: [
    400,
    'invalid_grant',
    `${invalidGrant}refresh_token. User may have revoked or didn't grant the permission.`,
  ],
};

/** OAuth's members, and two more of Amazon's. */
export const loginError = (status: number, error: string, description: string): Answer =>
  json(status, { error, error_description: description, error_index: randomText(20), request_id: randomId() });

/** What the token endpoint says when something is wrong. */
export function tokenProblem(problem: TokenProblem, parameter = ''): Answer {
  const [status, error, description] = problems[problem];
  return loginError(status, error, problem === 'missing_parameter' ? description + parameter : description);
}

/** https://developer.amazon.com/docs/login-with-amazon/access-token.html: without the client's secret there is no refresh token. */
export const amazonTokens: TokenRules = {
  platform,
  grantTypes: ['authorization_code', 'refresh_token'],
  allowsPublicClients: true,
  problem: tokenProblem,
  makeToken: (kind) => (kind === 'refresh' ? `Atzr|${randomText(400)}` : `Atza|${randomText(400)}`),
  givesRefreshToken: (_, isPublic) => !isPublic,
  answer: ({ access, refresh, expiresInSeconds }) =>
    json(200, {
      access_token: access.id,
      token_type: 'bearer',
      expires_in: expiresInSeconds,
      ...(refresh !== undefined && { refresh_token: refresh }),
    }),
};

/** Somebody's id at Amazon, the same for every app of a developer. */
export const amazonUserId = (user: User): string =>
  `amzn1.account.${stableText(`amazon:${user.id}`, 28).toUpperCase()}`;

/** A region knows nothing of another region's tokens. */
function exchange(call: Call, world: World): Answer {
  const client = world.client(platform, call.basic()?.id ?? call.form().get('client_id'));
  const home = client && settingsOf(client).region;
  if (home && home !== (call.target.region ?? 'NA')) return tokenProblem('unknown_refresh_token');
  return tokenEndpoint(call, world, amazonTokens);
}

function liveToken(value: string | null | undefined, world: World) {
  const token = world.liveToken(platform, value);
  return token?.kind === 'access' ? token : undefined;
}

/** https://developer.amazon.com/docs/login-with-amazon/obtain-customer-profile.html */
function tokenInfo(call: Call, world: World): Answer {
  const token = liveToken(call.query.get('access_token'), world);
  const user = world.users.find(token?.userId ?? '');
  const client = world.client(platform, token?.clientId);
  if (!token || !user || !client || token.expiresAt === null) {
    return loginError(400, 'invalid_token', 'The request has an invalid parameter : access_token');
  }
  return json(200, {
    iss: 'https://www.amazon.com',
    user_id: amazonUserId(user),
    aud: token.clientId,
    app_id: settingsOf(client).securityProfileId,
    exp: Math.floor((token.expiresAt - world.clock.now()) / 1000),
    iat: Math.floor(token.issuedAt / 1000),
  });
}

function profile(call: Call, world: World): Answer {
  const shown = call.bearer() ?? call.header('x-amz-access-token') ?? call.query.get('access_token');
  if (!shown) return loginError(400, 'invalid_request', 'The request is missing a required parameter : access_token');
  const token = liveToken(shown, world);
  const user = world.users.find(token?.userId ?? '');
  if (!token || !user) return loginError(401, 'invalid_token', 'The access token provided is invalid or has expired');
  if (!token.scopes.includes('profile'))
    return loginError(403, 'insufficient_scope', 'The access token lacks scope profile');
  return json(200, { user_id: amazonUserId(user), email: user.email, name: user.name });
}

/** www.amazon.com */
export const wwwRoutes: Route[] = authorizeRoutes('/ap/oa', authorizeRules);

/** api.amazon.com and its two sisters. */
export const loginRoutes: Route[] = [
  post('/auth/o2/token', exchange),
  get('/auth/o2/tokeninfo', tokenInfo),
  get('/user/profile', profile),
];
