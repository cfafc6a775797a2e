import { definePlatform, oauth2 } from './definition';
import { format, list, optional, redirectUri, secret, text } from './fields';

const scopes = {
  default: ['user-read-recently-played', 'user-top-read', 'user-library-read', 'user-read-private'],
  known: [
    'user-read-recently-played',
    'user-top-read',
    'user-library-read',
    'user-read-private',
    'user-read-email',
    'user-read-currently-playing',
    'user-read-playback-state',
    'user-read-playback-position',
    'user-modify-playback-state',
    'user-library-modify',
    'user-follow-read',
    'user-follow-modify',
    'playlist-read-private',
    'playlist-read-collaborative',
    'playlist-modify-private',
    'playlist-modify-public',
    'app-remote-control',
    'streaming',
    'ugc-image-upload',
  ],
};
const hex = format(/^[0-9a-f]{32}$/, 'is usually 32 characters 0–9 and a–f');

/**
 * https://developer.spotify.com/documentation/web-api/tutorials/code-pkce-flow, …/concepts/redirect_uri, …/concepts/scopes;
 * the six months: https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration
 */
export const spotify = definePlatform({
  id: 'spotify',
  displayName: 'Spotify',
  kind: 'streaming',
  link: 'https://open.spotify.com',
  developerUrl: 'https://developer.spotify.com/dashboard',
  notice:
    'A new app is in Development Mode: its owner needs Premium, and each of at most five users must be added to it.',
  hosts: { accounts: 'https://accounts.spotify.com', api: 'https://api.spotify.com' },
  auth: oauth2({
    grants: ['authorization_code', 'refresh_token', 'client_credentials'],
    authorize: { host: 'accounts', path: '/authorize' },
    token: { host: 'accounts', path: '/api/token' },
    clientAuth: 'basic',
    account: {
      request: { host: 'api', path: '/v1/me', headers: { Authorization: 'Bearer {access_token}' } },
      nameAt: ['display_name', 'id'],
    },
    publicClients: true,
    scopes,
    consentParams: { show_dialog: 'true' },
  }),
  clock: { since: 'consent', months: 6, why: 'Spotify ends refresh tokens six months after the consent.' },
  credential: {
    client_id: optional(text({ label: 'Client ID', help: "On the app's page in Spotify's dashboard.", hint: hex })),
    client_secret: optional(secret({ label: 'Client secret', help: "On the app's page, behind 'View'.", hint: hex })),
    redirect_uri: optional(
      redirectUri({
        noLocalhost: 'must not be localhost: Spotify refuses it; use http://127.0.0.1 with the same port',
      }),
    ),
    scopes: optional(list({ label: 'Scopes', options: scopes.known })),
  },
  requires: { client_secret: ['client_id'] },
  probes: [
    {
      name: 'app',
      proves: 'Client ID and secret',
      needs: ['client_id', 'client_secret'],
      request: { grant: 'client_credentials' },
    },
    {
      name: 'user',
      proves: "The user's grant, and that the app may serve this user",
      needs: ['access_token'],
      request: { host: 'api', path: '/v1/me', headers: { Authorization: 'Bearer {access_token}' } },
    },
  ],
  codeAt: ['error.reason'],
  failures: [
    // The second as it was said until 2021.
    ...['registered in the developer dashboard', 'not approved for app'].map((text) => ({
      status: 403,
      text,
      reason: 'forbidden' as const,
      remedy: "Add this Spotify account to the app under 'Users and Access' in Spotify's dashboard (five at most).",
    })),
    {
      status: 403,
      text: 'premium subscription required',
      reason: 'account_problem',
      remedy: "The app's owner needs Spotify Premium; after a change it takes some hours.",
    },
    { status: 403, codes: ['PREMIUM_REQUIRED'], reason: 'no_subscription' },
    { status: 403, text: 'scope', reason: 'insufficient_scope' },
    { status: 429, codes: ['QUOTA_EXCEEDED'], reason: 'quota_exceeded' },
  ],
});
