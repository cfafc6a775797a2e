import { json, type Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import type { PlatformFailure } from '../../platform';
import { randomId } from '../../state/random';
import { loginError, tokenProblem } from './login';

/** https://developer.amazon.com/docs/music/API_web_errors.html: the status is a text. */
export const v1Error = (status: number, code: string, message: string): Answer =>
  json(status, { error: { status: String(status), code, message, reference: randomId() } });

/** https://developer.amazon.com/docs/music/API_web_errors_v2.html */
export const v2Error = (status: number, code: string, message: string): Answer =>
  json(status, { error: { code, message, traceId: `1-${randomId().slice(0, 8)}-${randomId().slice(24)}` } });

/** Each API in its own words. */
export const musicError = (call: Call, status: number, code: string, message: string): Answer =>
  call.target.host === 'music_v1' ? v1Error(status, code, message) : v2Error(status, code, message);

const v1 = (about: string, status: number, code: string, message = code): PlatformFailure => ({
  about: `V1: ${about}`,
  host: 'music_v1',
  answer: () => v1Error(status, code, message),
});
const v2 = (about: string, status: number, code: string, message = code): PlatformFailure => ({
  about: `V2: ${about}`,
  host: 'music',
  answer: () => v2Error(status, code, message),
});
const login = (about: string, answer: () => Answer): PlatformFailure => ({
  about,
  host: 'login',
  path: '/auth/o2/token',
  answer,
});

/** Section 2.4 and 2.7 of what is known about Amazon, row by row. */
export const amazonFailures: Record<string, PlatformFailure> = {
  rate_limited: {
    about: 'Too fast',
    answer: (call) => musicError(call, 429, 'THROTTLED', 'Too Many Requests. Rate limiting has been applied.'),
  },
  server_error: {
    about: 'An outage',
    answer: (call) =>
      call.target.host.startsWith('music')
        ? musicError(call, 500, 'INTERNAL', 'Internal error')
        : loginError(500, 'server_error', 'ServerError'),
  },
  invalid_grant: login('The user has removed the app', () => tokenProblem('dead_refresh_token')),
  invalid_code: login('The code is bad or was used', () => tokenProblem('bad_code')),
  invalid_client: login('Client or secret is wrong', () => tokenProblem('wrong_secret')),
  invalid_request: login('A parameter is missing', () => tokenProblem('missing_parameter', 'refresh_token')),
  unsupported_grant: login('An unknown grant type', () => tokenProblem('unsupported_grant')),
  unauthorized_client: login('The client may not do this', () => tokenProblem('disabled_client')),
  invalid_token: {
    about: 'The access token is bad or has expired',
    host: 'login',
    path: '/auth/o2/tokeninfo',
    answer: () => loginError(400, 'invalid_token', 'The request has an invalid parameter : access_token'),
  },
  v1_bad_request: v1('a request of ours', 400, 'BAD_REQUEST'),
  v1_invalid_auth_type: v1('no Bearer', 401, 'INVALID_AUTH_TYPE'),
  v1_invalid_auth_token: v1('an empty token', 401, 'INVALID_AUTH_TOKEN'),
  v1_invalid_access_token: v1('the token has expired', 401, 'INVALID_ACCESS_TOKEN'),
  v1_no_access_token: v1('no token', 401, 'NO_ACCESS_TOKEN'),
  v1_invalid_client_id: v1('x-api-key is of another client', 403, 'INVALID_CLIENT_ID'),
  v1_no_api_key: v1('no x-api-key', 401, 'NO_X_API_KEY'),
  v1_not_enabled: v1('the profile is not in the beta', 403, 'ACCESS_DENIED', 'Access denied'),
  v1_auth_no_music_account: v1('no Amazon Music account', 403, 'AUTH_NO_MUSIC_ACCOUNT_FOUND'),
  v1_no_music_account: v1('the same', 403, 'NO_MUSIC_ACCOUNT_FOUND'),
  v1_denied_tier: v1('the subscription is too small', 403, 'DENIED_SUBSCRIPTION_TIER'),
  v1_not_found: v1('not there', 404, 'RESOURCE_NOT_FOUND'),
  v1_validation: v1('a value is wrong', 422, 'VALIDATION_ERROR'),
  v1_throttled: v1('too fast', 429, 'THROTTLED', 'Too Many Requests. Rate limiting has been applied.'),
  v1_internal: v1('a failure of theirs', 500, 'INTERNAL'),
  v2_bad_request: v2('a request of ours', 400, 'BAD_REQUEST'),
  v2_unauthorized: v2('the token is bad', 401, 'UNAUTHORIZED', 'Authentication required'),
  v2_missing_device_id: v2('no device id', 401, 'MISSING_DEVICE_ID'),
  v2_forbidden: v2('the profile is not in the beta', 403, 'FORBIDDEN', 'Forbidden'),
  v2_territory: v2('not in this territory', 403, 'FORBIDDEN', 'Not available in your territory'),
  v2_not_found: v2('not there', 404, 'NOT_FOUND'),
  v2_concurrency: v2('too many streams', 429, 'MAX_CONCURRENCY_REACHED'),
  v2_internal: v2('a failure of theirs', 500, 'INTERNAL'),
};
