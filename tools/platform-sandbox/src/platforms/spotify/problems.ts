import { json, text, type Answer } from '../../http/answer';
import type { PlatformFailure } from '../../platform';
import { tokenProblem } from './accounts';

/** The Web API's shape; some answers have no message: https://developer.spotify.com/documentation/web-api/concepts/api-calls */
export const apiError = (status: number, message?: string, reason?: string): Answer =>
  json(status, { error: { status, ...(message && { message }), ...(reason && { reason }) } });

const challenge = (error: string, description: string) => ({
  'www-authenticate': `Bearer realm="spotify", error="${error}", error_description="${description}"`,
});

const sameBody = () => apiError(401, 'Missing/invalid/expired access token');

/** One body for all since September 2026; the header tells them apart. */
export const unauthorized = {
  missing: { ...sameBody(), headers: { ...sameBody().headers, ...challenge('missing_token', 'No token provided') } },
  invalid: { ...sameBody(), headers: { ...sameBody().headers, ...challenge('invalid_token', 'Invalid access token') } },
} as const;

/** The 403s that look alike and are not. Two are plain text, one has no message. */
export const forbidden = {
  endpointClosed: apiError(403),
  endpointRemoved: apiError(403, 'Forbidden'),
  userNotRegistered: text(403, 'User not registered in the Developer Dashboard'),
  ownerNeedsPremium: text(
    403,
    'Active premium subscription required for the owner of the app. When the subscription status changes, it can take a few hours before requests are allowed again.',
  ),
  insufficientScope: apiError(403, 'Insufficient client scope'),
  notOwner: apiError(403, 'Forbidden'),
} as const;

/** https://developer.spotify.com/documentation/web-api/concepts/rate-limits */
export const tooMany = (retryAfterSeconds: number): Answer => {
  const answer = apiError(429, 'API rate limit exceeded');
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
};

/** https://developer.spotify.com/blog/2026-07-23-web-api-quota-updates */
export const quotaExceeded = (retryAfterSeconds: number): Answer => {
  const answer = apiError(429, 'Too many requests', 'QUOTA_EXCEEDED');
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
};

const token = (about: string, answer: Answer): PlatformFailure => ({
  about,
  host: 'accounts',
  path: '/api/token',
  answer: () => answer,
});
const api = (about: string, answer: Answer, path?: string): PlatformFailure => ({
  about,
  host: 'api',
  path,
  answer: () => answer,
});

/** All failures of the two hosts that can be had without their cause. */
export const spotifyFailures: Record<string, PlatformFailure> = {
  rate_limited: api('Too many requests in 30 seconds', tooMany(5)),
  server_error: {
    about: 'An outage',
    answer: (call) =>
      call.target.host === 'api'
        ? apiError(503, 'Service unavailable')
        : json(503, { error: 'server_error', error_description: 'Service unavailable' }),
  },
  no_client: token('No client credentials at all', tokenProblem('no_client')),
  unknown_client: token('The client id is unknown', tokenProblem('unknown_client')),
  invalid_client: token('The client secret is wrong', tokenProblem('wrong_secret')),
  invalid_code: token('The code is bad or was used', tokenProblem('bad_code')),
  expired_code: token('The code has expired', tokenProblem('expired_code')),
  wrong_redirect_uri: token('redirect_uri differs', tokenProblem('wrong_redirect')),
  wrong_verifier: token('The PKCE verifier is wrong', tokenProblem('wrong_verifier')),
  unknown_refresh_token: token('The refresh token is unknown', tokenProblem('unknown_refresh_token')),
  invalid_grant: token(
    'The refresh token was revoked, rotated away or is six months old',
    tokenProblem('dead_refresh_token'),
  ),
  unsupported_grant: token('The grant type is missing or unknown', tokenProblem('unsupported_grant')),
  token_outage: token('An outage with a page instead of JSON', text(500, 'Internal Server Error')),
  unauthorized: api('The access token is invalid or has expired', unauthorized.invalid),
  missing_token: api('No access token', unauthorized.missing),
  unauthorized_legacy: api('The same, as before September 2026', apiError(401, 'The access token expired')),
  endpoint_closed: api('403 A: closed since November 2024', forbidden.endpointClosed),
  endpoint_removed: api('403 B: removed for development mode', forbidden.endpointRemoved),
  user_not_registered: api('403 C: the user is not on the allowlist', forbidden.userNotRegistered),
  user_not_approved: api('403 C, as in 2021', text(403, 'User not approved for app')),
  owner_needs_premium: api("403 D: the app's owner has no Premium", forbidden.ownerNeedsPremium),
  insufficient_scope: api('403 E: a scope is missing, or the token is an app token', forbidden.insufficientScope),
  not_owner: api('403 F: the contents of a foreign playlist', forbidden.notOwner, '/v1/playlists/*'),
  premium_required: api(
    '403 G: the player needs Premium',
    apiError(403, 'Player command failed: Premium required', 'PREMIUM_REQUIRED'),
    '/v1/me/player*',
  ),
  rate_limited_text: api('429 as in 2021', text(429, 'Too many requests', { 'retry-after': '11' })),
  quota_exceeded: api("429: the developer's quota is used up", quotaExceeded(3600)),
  rate_limited_all_day: api('429 with the longest wait on record', tooMany(86_400)),
};
