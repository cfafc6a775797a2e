import { html, json, text, type Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import { get, post, type Route } from '../../http/route';
import { authorizeRoutes, type AuthorizeRules, type Refusal } from '../../oauth/authorize';
import { isSecretOf } from '../../oauth/client-proof';
import { issueAccess } from '../../oauth/issue';
import { isLoopbackIp, isOnRegisteredHost } from '../../oauth/redirect-uris';
import type { TokenRules } from '../../oauth/token-rules';
import { randomText } from '../../state/random';
import type { Client } from '../../state/rows';
import type { World } from '../../state/world';
import { settingsOf } from './settings';

const platform = 'deezer';
const permissions = [
  'basic_access',
  'email',
  'offline_access',
  'manage_library',
  'manage_community',
  'delete_library',
  'listening_history',
];

/** The edge in front of Deezer says no with a page of its own. */
export const edgeRefusal = html(
  403,
  'Access Denied',
  '<p>You don\'t have permission to access "http://connect.deezer.com/oauth/auth.php" on this server.</p>',
);

/** https://developers.deezer.com/api/oauth: the address must be on the domain that was registered with the app. */
function check(params: URLSearchParams, client: Client | undefined): Refusal | undefined {
  if (!client || client.isDisabled) return { page: 'Invalid application id' };
  const uri = params.get('redirect_uri') ?? '';
  if (!isOnRegisteredHost(client, uri) || (settingsOf(client).refusesLoopbackIp && isLoopbackIp(uri))) {
    return { page: 'You must enter a valid redirect uri' };
  }
  const asked = (params.get('perms') ?? params.get('scope') ?? '').split(/[ ,]+/).filter(Boolean);
  return asked.every((name) => permissions.includes(name)) ? undefined : { page: 'Unknown permission' };
}

const authorizeRules: AuthorizeRules = {
  platform,
  brand: 'Deezer',
  clientParams: ['app_id', 'client_id'],
  scopeParams: ['perms', 'scope'],
  separator: /[ ,]+/,
  check,
  denied: { error_reason: 'user_denied' },
  asksAgain: () => false,
  makeCode: () => `fr${randomText(32)}`,
};

const page = (body: string): Answer => text(200, body, { 'content-type': 'text/html; charset=utf-8' });

/** Everything that goes wrong is a word on a page with status 200. */
export const tokenProblems = {
  wrongCode: page('wrong code'),
  wrongSecret: page('wrong secret'),
  wrongApp: page('wrong app_id'),
} as const;

/** Deezer's own OAuth has no refresh; with `offline_access` a token never ends. */
export const deezerTokens: TokenRules = {
  platform,
  grantTypes: ['authorization_code'],
  allowsPublicClients: false,
  problem: () => tokenProblems.wrongCode,
  makeToken: () => `fr${randomText(49)}`,
  accessSeconds: (client, scopes) => (scopes.includes('offline_access') ? null : settingsOf(client).accessTokenSeconds),
  givesRefreshToken: () => false,
  answer: ({ access, expiresInSeconds }) =>
    json(200, { access_token: access.id, expires: access.expiresAt === null ? 0 : expiresInSeconds }),
};

/** `expires` instead of expires_in, no token_type; a form unless `output=json` asks for something else. */
function exchange(call: Call, world: World): Answer {
  const given = (name: string) => call.query.get(name) ?? call.form().get(name);
  const client = world.client(platform, given('app_id') ?? given('client_id'));
  if (!client || client.isDisabled) return tokenProblems.wrongApp;
  if (!isSecretOf(client, given('secret') ?? given('client_secret') ?? '')) return tokenProblems.wrongSecret;
  const code = world.codes.find(given('code') ?? '');
  const isGood = code?.clientId === client.clientId && code.usedAt === null && code.expiresAt > world.clock.now();
  if (!code || !isGood) return tokenProblems.wrongCode;
  world.codes.update(code.id, { usedAt: world.clock.now() });
  const scopes = code.scopes.length > 0 ? code.scopes : ['basic_access'];
  const access = issueAccess('access', { client, userId: code.userId, scopes, isPublic: false }, world, deezerTokens);
  const expires = access.expiresAt === null ? 0 : settingsOf(client).accessTokenSeconds;
  if (given('output') === 'json') return json(200, { access_token: access.id, expires });
  return page(new URLSearchParams({ access_token: access.id, expires: String(expires) }).toString());
}

/** connect.deezer.com */
export const connectRoutes: Route[] = [
  ...authorizeRoutes('/oauth/auth.php', authorizeRules),
  get('/oauth/access_token.php', exchange),
  post('/oauth/access_token.php', exchange),
];
