import { definePlatform, oauth2 } from './definition';
import { format, list, optional, redirectUri, secret, text, withDefault } from './fields';

const scopes = {
  default: ['user.read', 'collection.read', 'playlists.read', 'search.read'],
  // r_usr and w_usr, found in many examples, are Tidal's own: asking for them breaks its login page.
  known: [
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
  ],
};
const accept = { Accept: 'application/vnd.api+json' };

/** https://developer.tidal.com/documentation/api-sdk/api-sdk-authorization and https://tidal-music.github.io/tidal-api-reference */
export const tidal = definePlatform({
  id: 'tidal',
  displayName: 'Tidal',
  kind: 'streaming',
  link: 'https://tidal.com',
  developerUrl: 'https://developer.tidal.com/dashboard',
  hosts: { login: 'https://login.tidal.com', auth: 'https://auth.tidal.com', api: 'https://openapi.tidal.com' },
  auth: oauth2({
    grants: ['authorization_code', 'refresh_token', 'client_credentials'],
    authorize: { host: 'login', path: '/authorize' },
    token: { host: 'auth', path: '/v1/oauth2/token' },
    account: {
      request: { host: 'api', path: '/v2/users/me', headers: { ...accept, Authorization: 'Bearer {access_token}' } },
      nameAt: ['data.attributes.username', 'data.id'],
    },
    publicClients: true,
    scopes,
  }),
  credential: {
    client_id: optional(text({ label: 'Client ID', help: "On the app's page in Tidal's dashboard." })),
    client_secret: optional(secret({ label: 'Client secret' })),
    country_code: withDefault(
      text({
        label: 'Country code',
        help: 'The catalogue differs by country (ISO 3166-1, two letters).',
        example: 'US',
        clean: (value) => value.toUpperCase(),
        problem: format(/^[A-Z]{2}$/, 'must be two letters, for example US'),
      }),
      'US',
    ),
    redirect_uri: optional(redirectUri()),
    scopes: optional(list({ label: 'Scopes', options: scopes.known })),
  },
  requires: { client_secret: ['client_id'] },
  // A call in five seconds is what it bears for long, and a check makes up to three.
  checksPerMinute: 4,
  probes: [
    {
      name: 'app',
      proves: 'Client ID and secret',
      needs: ['client_id', 'client_secret'],
      request: { grant: 'client_credentials' },
    },
    {
      name: 'catalogue',
      proves: 'That the app may read the catalogue',
      needs: ['app_token'],
      after: 'app',
      request: {
        host: 'api',
        path: '/v2/searchResults',
        query: { 'filter[query]': 'music', countryCode: '{country_code}' },
        headers: { ...accept, Authorization: 'Bearer {app_token}' },
      },
    },
    {
      name: 'user',
      proves: "The user's grant",
      needs: ['access_token'],
      request: { host: 'api', path: '/v2/users/me', headers: { ...accept, Authorization: 'Bearer {access_token}' } },
    },
  ],
  codeAt: ['subStatus', 'sub_status', 'errors.code'],
  failures: [
    { status: 401, codes: ['4005'], reason: 'upstream_unexpected' },
    { status: 403, codes: ['11004'], reason: 'insufficient_scope' },
    { codes: ['1005'], reason: 'invalid_client' },
    ...['unauthorized_client', 'invalid_request', 'access_denied'].map((code) => ({
      part: 'token',
      codes: [code],
      reason: 'reauth_required' as const,
    })),
  ],
});
