import { definePlatform, oauth2 } from './definition';
import { digits, format, list, optional, redirectUri, secret } from './fields';

const scopes = {
  default: ['basic_access', 'offline_access', 'listening_history'],
  known: [
    'basic_access',
    'email',
    'offline_access',
    'manage_library',
    'manage_community',
    'delete_library',
    'listening_history',
  ],
};

/** https://developers.deezer.com/api/oauth and https://developers.deezer.com/api/errors: failures come with status 200. */
export const deezer = definePlatform({
  id: 'deezer',
  displayName: 'Deezer',
  kind: 'streaming',
  link: 'https://www.deezer.com',
  developerUrl: 'https://developers.deezer.com/myapps',
  notice: 'Deezer accepts no new apps. Without an app of old, leave all fields empty: the public catalogue needs none.',
  hosts: { connect: 'https://connect.deezer.com', api: 'https://api.deezer.com' },
  auth: oauth2({
    grants: ['authorization_code'],
    authorize: { host: 'connect', path: '/oauth/auth.php' },
    token: { host: 'connect', path: '/oauth/access_token.php' },
    pkce: 'none',
    clientAuth: 'query',
    dialect: 'deezer',
    account: {
      request: { host: 'api', path: '/user/me', query: { access_token: '{access_token}' } },
      nameAt: ['name', 'id'],
    },
    client: { id: 'app_id', secret: 'secret' },
    scopes: { ...scopes, separator: ',' },
    scopesField: 'perms',
  }),
  credential: {
    app_id: optional(digits({ label: 'Application ID', example: '123456' })),
    secret: optional(
      secret({ label: 'Secret key', hint: format(/^[0-9a-f]{32}$/, 'is usually 32 characters 0–9 and a–f') }),
    ),
    redirect_uri: optional(redirectUri()),
    perms: optional(
      list({ label: 'Permissions', help: 'offline_access makes tokens that do not end.', options: scopes.known }),
    ),
  },
  together: [['app_id', 'secret']],
  probes: [
    {
      name: 'public',
      proves: "That Deezer's public catalogue can be reached from here; needs no credential",
      needs: [],
      request: { host: 'api', path: '/infos' },
      expects: [{ at: 'open', isNot: false, otherwise: 'region_unavailable' }],
    },
    {
      name: 'user',
      proves: "The user's grant",
      needs: ['access_token'],
      request: { host: 'api', path: '/user/me', query: { access_token: '{access_token}' } },
    },
  ],
  codeAt: ['error.code'],
  failureIn2xxAt: 'error',
  failures: [
    { codes: ['4'], reason: 'rate_limited' },
    { codes: ['200'], text: 'an active access token must be used', reason: 'missing_field' },
    { codes: ['200'], reason: 'insufficient_scope' },
    { codes: ['300'], reason: 'token_revoked' },
    { codes: ['700'], reason: 'upstream_unavailable' },
    { codes: ['901'], reason: 'forbidden' },
    { part: 'public', status: 403, reason: 'region_unavailable' },
    { part: 'token', text: 'secret', reason: 'invalid_client' },
    { part: 'token', text: 'app', reason: 'invalid_client' },
    { part: 'token', status: 200, reason: 'reauth_required' },
  ],
});
