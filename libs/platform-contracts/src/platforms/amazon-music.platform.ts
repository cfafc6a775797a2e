import { definePlatform, oauth2 } from './definition';
import { format, list, optional, redirectUri, secret, text } from './fields';

const music = [
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
const scopes = {
  default: ['profile', 'music::catalog', 'music::profile:read'],
  known: ['profile', 'profile:user_id', 'postal_code', ...music.map((name) => `music::${name}`)],
};
const enabling = 'Amazon must enable the music API for this security profile; it is a closed beta.';

/**
 * Login with Amazon, and the Amazon Music Web API (closed beta). https://developer.amazon.com/docs/login-with-amazon/authorization-code-grant.html,
 * https://developer.amazon.com/docs/music/API_web_overview_v2.html
 */
export const amazonMusic = definePlatform({
  id: 'amazon_music',
  displayName: 'Amazon Music',
  kind: 'streaming',
  link: 'https://music.amazon.com',
  developerUrl: 'https://developer.amazon.com/loginwithamazon/console/site/lwa/overview.html',
  notice: 'The music API is a closed beta: without an invitation from Amazon the login works, and the music does not.',
  hosts: {
    www: 'https://www.amazon.com',
    login: 'https://api.amazon.com',
    music: 'https://api.music.amazon.com',
    music_v1: 'https://api.music.amazon.dev',
  },
  auth: oauth2({
    authorize: { host: 'www', path: '/ap/oa' },
    token: { host: 'login', path: '/auth/o2/token' },
    publicClients: true,
    account: {
      request: { host: 'login', path: '/user/profile', headers: { Authorization: 'Bearer {access_token}' } },
      nameAt: ['name', 'user_id'],
    },
    scopes,
  }),
  credential: {
    client_id: optional(
      text({
        label: 'Client ID',
        help: "Of the security profile, under 'Web settings'.",
        problem: format(/^.{1,100}$/, 'must be at most 100 characters'),
        hint: format(
          /^amzn1\.application-oa2-client\.[0-9a-f]{32}$/,
          'usually starts with amzn1.application-oa2-client.',
        ),
      }),
    ),
    client_secret: optional(
      secret({
        label: 'Client secret',
        hint: format(/^(amzn1\.oa2-cs\.v1\.)?[0-9a-f]{64}$/, 'usually starts with amzn1.oa2-cs.v1.'),
      }),
    ),
    security_profile_id: optional(
      text({
        label: 'Security profile ID',
        help: 'Sent as x-api-key. Amazon must have enabled the profile for music.',
        hint: format(/^amzn1\.application\.[0-9a-f]{32}$/, 'usually starts with amzn1.application.'),
      }),
    ),
    device_id: optional(
      text({ label: 'Device ID', help: 'Any id that stays the same; the newer music API asks for it.' }),
    ),
    redirect_uri: optional(redirectUri()),
    scopes: optional(list({ label: 'Scopes', options: scopes.known })),
  },
  requires: { client_secret: ['client_id'] },
  probes: [
    {
      name: 'login',
      proves: "The user's login with Amazon, for this client",
      needs: ['access_token'],
      request: { host: 'login', path: '/auth/o2/tokeninfo', query: { access_token: '{access_token}' } },
      expects: [{ at: 'aud', field: 'client_id', otherwise: 'invalid_client' }],
    },
    {
      name: 'music',
      proves: 'That Amazon has enabled the music API for this security profile',
      needs: ['access_token'],
      after: 'login',
      request: {
        host: 'music',
        path: '/v2/me',
        headers: {
          Authorization: 'Bearer {access_token}',
          'x-api-key': '{security_profile_id}',
          'X-Amzn-Device-Id': '{device_id}',
        },
      },
    },
  ],
  codeAt: ['error.code'],
  failures: [
    { codes: ['invalid_token'], part: 'login', reason: 'token_expired' },
    { codes: ['MISSING_DEVICE_ID'], reason: 'missing_field', remedy: 'Fill in device_id: any id that stays the same.' },
    { codes: ['INVALID_AUTH_TYPE', 'INVALID_AUTH_TOKEN'], reason: 'missing_field' },
    { codes: ['NO_X_API_KEY'], reason: 'api_not_enabled', remedy: `Fill in security_profile_id. ${enabling}` },
    {
      codes: ['INVALID_CLIENT_ID'],
      reason: 'invalid_client',
      remedy: 'Check security_profile_id: it must be of the same security profile as client_id.',
    },
    { codes: ['INVALID_ACCESS_TOKEN', 'NO_ACCESS_TOKEN'], reason: 'token_expired' },
    {
      codes: ['AUTH_NO_MUSIC_ACCOUNT_FOUND', 'NO_MUSIC_ACCOUNT_FOUND'],
      reason: 'account_problem',
      remedy: 'Open music.amazon.com with this account once, so that it has an Amazon Music account.',
    },
    { codes: ['DENIED_SUBSCRIPTION_TIER'], reason: 'no_subscription' },
    { codes: ['ACCESS_DENIED'], reason: 'forbidden', remedy: enabling },
    { status: 403, text: 'territor', reason: 'region_unavailable' },
    { codes: ['THROTTLED', 'MAX_CONCURRENCY_REACHED'], reason: 'rate_limited' },
    ...[401, 403].map((status) => ({
      status,
      part: 'music',
      reason: 'api_not_enabled' as const,
      remedy: `${enabling} The login itself is good.`,
    })),
    { codes: ['invalid_scope'], reason: 'api_not_enabled', remedy: enabling },
    { part: 'token', codes: ['invalid_grant'], text: 'parameter : code', reason: 'reauth_required' },
  ],
});
