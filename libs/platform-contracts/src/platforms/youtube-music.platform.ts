import { definePlatform, oauth2 } from './definition';
import { format, list, optional, redirectUri, secret, text } from './fields';

const scope = (name: string) => `https://www.googleapis.com/auth/${name}`;
const scopes = {
  default: [scope('youtube.readonly')],
  known: ['youtube.readonly', 'youtube', 'youtube.force-ssl', 'youtube.upload'].map(scope),
};
const makeChannel = 'Create a YouTube channel for this Google account, then validate again.';

/**
 * There is no API of YouTube Music: this is the YouTube Data API. https://developers.google.com/youtube/v3/docs/errors,
 * https://developers.google.com/identity/protocols/oauth2/web-server, https://developers.google.com/youtube/v3/determine_quota_cost
 */
export const youtubeMusic = definePlatform({
  id: 'youtube_music',
  displayName: 'YouTube Music',
  kind: 'streaming',
  link: 'https://music.youtube.com',
  developerUrl: 'https://console.cloud.google.com/apis/credentials',
  notice:
    "While the consent screen's publishing status is 'Testing', Google ends every authorisation after seven days.",
  hosts: {
    accounts: 'https://accounts.google.com',
    oauth: 'https://oauth2.googleapis.com',
    api: 'https://www.googleapis.com',
  },
  auth: oauth2({
    authorize: { host: 'accounts', path: '/o/oauth2/v2/auth' },
    token: { host: 'oauth', path: '/token' },
    revoke: { host: 'oauth', path: '/revoke' },
    issuer: 'https://accounts.google.com',
    account: {
      request: {
        host: 'api',
        path: '/youtube/v3/channels',
        query: { part: 'snippet', mine: 'true' },
        headers: { Authorization: 'Bearer {access_token}' },
      },
      nameAt: ['items.snippet.title', 'items.id'],
    },
    scopes,
    // Without both Google hands out no refresh token to a user who has consented before.
    authorizeParams: { access_type: 'offline', prompt: 'consent' },
    refreshExpiresIn: 'refresh_token_expires_in',
  }),
  credential: {
    api_key: optional(
      secret({
        label: 'API key',
        help: 'Reads the public catalogue, without a user. Restrict it by IP address, never by referrer.',
        hint: format(/^AIza[\w-]{35}$/, 'is usually 39 characters that start with AIza'),
      }),
    ),
    client_id: optional(
      text({
        label: 'OAuth client ID',
        help: "Of an OAuth client of type 'Web application'.",
        hint: format(/\.apps\.googleusercontent\.com$/, 'usually ends in .apps.googleusercontent.com'),
      }),
    ),
    client_secret: optional(secret({ label: 'OAuth client secret' })),
    redirect_uri: optional(redirectUri()),
    scopes: optional(list({ label: 'Scopes', options: scopes.known })),
  },
  together: [['client_id', 'client_secret']],
  probes: [
    {
      name: 'api_key',
      proves: 'The API key, and that the YouTube Data API is enabled for it',
      needs: ['api_key'],
      request: {
        host: 'api',
        path: '/youtube/v3/i18nRegions',
        query: { part: 'snippet', fields: 'items(id)', key: '{api_key}' },
      },
    },
    {
      name: 'oauth',
      proves: "The user's grant",
      needs: ['access_token'],
      request: {
        host: 'api',
        path: '/youtube/v3/channels',
        query: { part: 'id', mine: 'true' },
        headers: { Authorization: 'Bearer {access_token}' },
      },
      expects: [{ at: 'items.id', exists: true, otherwise: 'account_problem', remedy: makeChannel }],
    },
    {
      name: 'search',
      proves: 'That music videos can be searched for; takes one of 100 searches a day',
      needs: ['api_key'],
      after: 'api_key',
      deep: true,
      request: {
        host: 'api',
        path: '/youtube/v3/search',
        query: { part: 'snippet', type: 'video', videoCategoryId: '10', maxResults: '1', q: 'music', key: '{api_key}' },
      },
    },
  ],
  codeAt: ['error.details.reason', 'error.errors.reason', 'error_subtype'],
  failures: [
    { codes: ['API_KEY_INVALID', 'keyInvalid'], reason: 'invalid_api_key' },
    { text: 'api key not valid', reason: 'invalid_api_key' },
    { text: 'api key expired', reason: 'invalid_api_key' },
    { text: 'missing a valid api key', reason: 'missing_field' },
    { codes: ['dailyLimitExceededUnreg'], reason: 'missing_field' },
    {
      codes: ['SERVICE_DISABLED', 'accessNotConfigured'],
      reason: 'api_not_enabled',
      remedy:
        "Enable 'YouTube Data API v3' for the key's project at https://console.cloud.google.com/apis/library/youtube.googleapis.com; it takes some minutes.",
    },
    { codes: ['API_KEY_SERVICE_BLOCKED'], reason: 'api_key_restricted' },
    {
      codes: [
        'API_KEY_HTTP_REFERRER_BLOCKED',
        'API_KEY_IP_ADDRESS_BLOCKED',
        'API_KEY_ANDROID_APP_BLOCKED',
        'API_KEY_IOS_APP_BLOCKED',
        'ipRefererBlocked',
      ],
      reason: 'api_key_restricted',
      remedy: "Restrict the key by IP address, with this server's, instead of by referrer or app.",
    },
    { codes: ['quotaExceeded', 'dailyLimitExceeded'], reason: 'quota_exceeded' },
    { status: 429, text: 'per day', reason: 'quota_exceeded' },
    { codes: ['rateLimitExceeded', 'userRateLimitExceeded'], reason: 'rate_limited' },
    { codes: ['insufficientPermissions', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'], reason: 'insufficient_scope' },
    {
      codes: ['youtubeSignupRequired'],
      reason: 'account_problem',
      remedy: makeChannel,
    },
    {
      codes: ['authenticatedUserAccountClosed', 'authenticatedUserAccountSuspended', 'accountDelegationForbidden'],
      reason: 'account_problem',
    },
    { codes: ['invalid_rapt'], reason: 'reauth_required' },
    // Of a code, not of a refresh token: only the words tell.
    ...['malformed auth code', 'invalid code verifier', '"bad request"'].map((text) => ({
      codes: ['invalid_grant'],
      text,
      reason: 'reauth_required' as const,
    })),
    {
      codes: ['redirect_uri_mismatch'],
      reason: 'malformed_field',
      remedy: 'Register exactly this redirect_uri with the OAuth client.',
    },
    {
      codes: ['invalid_grant'],
      reason: 'token_revoked',
      remedy: "Authorise again. If this happens every seven days, the consent screen's publishing status is 'Testing'.",
    },
  ],
});
