import { empty, json, type Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import { get, post, type Route } from '../../http/route';
import { authorizeRoutes, type AuthorizeRules, type Refusal } from '../../oauth/authorize';
import { isChallenge } from '../../oauth/pkce';
import { isHttps, isLocalhost, isLoopbackIp, isRegistered } from '../../oauth/redirect-uris';
import { tokenEndpoint } from '../../oauth/token-endpoint';
import type { TokenProblem, TokenRules } from '../../oauth/token-rules';
import { addMonths } from '../../state/clock';
import { randomText } from '../../state/random';
import type { Client, Token } from '../../state/rows';
import type { World } from '../../state/world';
import { platform, settingsOf } from './settings';

const scopeForm = /^(openid|email|profile|https:\/\/www\.googleapis\.com\/auth\/[\w.-]+)$/;
const harmless = ['openid', 'email', 'profile'];
const testingSeconds = 604_799;
const refreshTokensMax = 100;

const page = (code: number, error: string, detail: string): Refusal => ({
  page: `Error ${code}: ${error}`,
  detail,
  status: code,
});

/** Everything that is wrong with app or address stays on Google's page: https://developers.google.com/identity/protocols/oauth2/web-server#authorization-errors */
function check(params: URLSearchParams, client: Client | undefined): Refusal | undefined {
  if (!client) return page(401, 'invalid_client', 'The OAuth client was not found.');
  if (client.isDisabled) return page(401, 'deleted_client', 'The OAuth client was deleted.');
  const uri = params.get('redirect_uri') ?? '';
  const isAllowed = isHttps(uri) || isLocalhost(uri) || isLoopbackIp(uri);
  if (!isRegistered(client, uri) || !isAllowed) {
    return page(
      400,
      'redirect_uri_mismatch',
      `The redirect URI in the request, ${uri}, does not match the ones authorized.`,
    );
  }
  const missing = ['response_type', 'scope'].find((name) => !params.get(name));
  if (missing) return page(400, 'invalid_request', `Missing required parameter: ${missing}`);
  if (params.get('response_type') !== 'code') return page(400, 'unsupported_response_type', 'Only code is supported.');
  const scopes = (params.get('scope') ?? '').split(' ').filter(Boolean);
  const unknown = scopes.filter((scope) => !scopeForm.test(scope) || client.scopes?.includes(scope) === false);
  if (unknown.length > 0)
    return page(400, 'invalid_scope', `Some requested scopes were invalid. {invalid=[${unknown}]}`);
  const challenge = params.get('code_challenge');
  const method = params.get('code_challenge_method') ?? 'plain';
  const isOdd = challenge !== null && !isChallenge(challenge, method);
  return isOdd ? page(400, 'invalid_request', 'Invalid parameter: code_challenge') : undefined;
}

const authorizeRules: AuthorizeRules = {
  platform,
  brand: 'Google',
  clientParams: ['client_id'],
  scopeParams: ['scope'],
  separator: / +/,
  isGranular: true,
  check,
  checkUser: ({ client }, user) => {
    if (settingsOf(client).isInternal)
      return page(403, 'org_internal', 'This client is restricted to its organization.');
    const isTester = client.mode !== 'testing' || client.users === null || client.users.includes(user.id);
    return isTester
      ? undefined
      : page(403, 'access_denied', 'The app is being tested; you are not one of its testers.');
  },
  denied: { error: 'access_denied' },
  extras: ({ client }, scopes) => ({
    scope: scopes.join(' '),
    ...(settingsOf(client).sendsIssuer && { iss: 'https://accounts.google.com' }),
  }),
  asksAgain: (params) => (params.get('prompt') ?? '') !== '',
  addsScopes: (params) => params.get('include_granted_scopes') === 'true',
  makeCode: () => `4/0A${randomText(70)}`,
};

const problems: Record<TokenProblem, [status: number, error: string, description: string]> = {
  no_client: [400, 'invalid_request', 'Could not determine client ID from request.'],
  unknown_client: [401, 'invalid_client', 'The OAuth client was not found.'],
  wrong_secret: [401, 'invalid_client', 'The provided client secret is invalid.'],
  disabled_client: [401, 'deleted_client', 'The OAuth client was deleted.'],
  missing_parameter: [400, 'invalid_request', 'Missing required parameter'],
  unsupported_grant: [400, 'unsupported_grant_type', 'Invalid grant_type'],
  bad_code: [400, 'invalid_grant', 'Bad Request'],
  used_code: [400, 'invalid_grant', 'Bad Request'],
  expired_code: [400, 'invalid_grant', 'Bad Request'],
  wrong_redirect: [400, 'redirect_uri_mismatch', 'Bad Request'],
  wrong_verifier: [400, 'invalid_grant', 'Invalid code verifier.'],
  missing_verifier: [400, 'invalid_grant', 'Missing code verifier.'],
  unknown_refresh_token: [400, 'invalid_grant', 'Token has been expired or revoked.'],
  dead_refresh_token: [400, 'invalid_grant', 'Token has been expired or revoked.'],
};

/** What the token endpoint says when something is wrong. */
export function tokenProblem(problem: TokenProblem, parameter?: string): Answer {
  const [status, error, description] = problems[problem];
  const what = problem === 'missing_parameter' || problem === 'unsupported_grant' ? `: ${parameter}` : '';
  return json(status, { error, error_description: description + what });
}

/** Google Workspace's session policy. */
export const invalidRapt = json(400, {
  error: 'invalid_grant',
  error_description: 'reauth related error (invalid_rapt)',
  error_subtype: 'invalid_rapt',
});

/** A code that never was one is told from one that is used up. */
export const malformedCode = json(400, { error: 'invalid_grant', error_description: 'Malformed auth code.' });

/** https://developers.google.com/identity/protocols/oauth2/web-server#exchange-authorization-code */
export const googleTokens: TokenRules = {
  platform,
  grantTypes: ['authorization_code', 'refresh_token'],
  allowsPublicClients: false,
  problem: tokenProblem,
  check: (form, client) => {
    if (settingsOf(client).needsReauthentication && form.get('grant_type') === 'refresh_token') return invalidRapt;
    const code = form.get('code');
    return code && !code.startsWith('4/') ? malformedCode : undefined;
  },
  makeToken: (kind) => (kind === 'refresh' ? `1//0${randomText(100)}` : `ya29.a0${randomText(210)}`),
  givesRefreshToken: ({ params }) =>
    params.access_type === 'offline' &&
    (params.consented_before !== 'true' || params.prompt?.includes('consent') === true),
  refreshExpiresAt: (grant, client) => {
    const isTimeLimited = client.mode === 'testing' && grant.scopes.some((scope) => !harmless.includes(scope));
    return isTimeLimited ? grant.consentedAt + testingSeconds * 1000 : null;
  },
  onRefreshToken: dropOldest,
  isDead: (token, world) => world.clock.now() >= addMonths(token.lastUsedAt, 6),
  answer: ({ access, refresh, refreshExpiresAt, expiresInSeconds }, world) => {
    const seconds = refreshExpiresAt === null ? null : Math.floor((refreshExpiresAt - world.clock.now()) / 1000);
    return json(200, {
      access_token: access.id,
      expires_in: expiresInSeconds,
      scope: access.scopes.join(' '),
      token_type: 'Bearer',
      ...(refresh !== undefined && { refresh_token: refresh }),
      ...(seconds !== null && { refresh_token_expires_in: seconds }),
    });
  },
};

/** Of one account and client 100 live at a time; the oldest dies without a word. */
function dropOldest({ clientId, userId }: Token, world: World): void {
  const live = world.tokens.list(
    (row) =>
      row.platform === platform &&
      row.kind === 'refresh' &&
      row.clientId === clientId &&
      row.userId === userId &&
      world.isLive(row),
  );
  for (const { id } of live.slice(0, -refreshTokensMax)) world.tokens.update(id, { revokedAt: world.clock.now() });
}

/** accounts.google.com */
export const accountsRoutes: Route[] = authorizeRoutes('/o/oauth2/v2/auth', authorizeRules);

/** oauth2.googleapis.com */
export const oauthRoutes: Route[] = [
  post('/token', (call, world) => tokenEndpoint(call, world, googleTokens)),
  post('/revoke', revoke),
  get('/tokeninfo', tokenInfo),
  // Google's own library shows the token in the header, and posts.
  post('/tokeninfo', tokenInfo),
];

/** https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke: with a token goes the user's whole consent. */
function revoke(call: Call, world: World): Answer {
  const token = world.liveToken(platform, call.form().get('token') ?? call.query.get('token'));
  const grant = token && world.grants.find(`${platform}/${token.clientId}/${token.userId}`);
  if (!grant) return json(400, { error: 'invalid_token', error_description: 'Token expired or revoked' });
  world.revokeGrant(grant);
  return json(200, {});
}

function tokenInfo(call: Call, world: World): Answer {
  const shown = call.query.get('access_token') ?? call.form().get('access_token') ?? call.bearer();
  const token = world.liveToken(platform, shown);
  if (token?.kind !== 'access' || token.expiresAt === null) {
    return json(400, { error: 'invalid_token', error_description: 'Invalid Value' });
  }
  return json(200, {
    azp: token.clientId,
    aud: token.clientId,
    scope: token.scopes.join(' '),
    exp: String(Math.floor(token.expiresAt / 1000)),
    expires_in: String(Math.floor((token.expiresAt - world.clock.now()) / 1000)),
    access_type: 'offline',
  });
}

/** Nothing is at these addresses. */
export const notFound = () => empty(404);
