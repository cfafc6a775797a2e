import type { Answer } from '../../http/answer';
import { json } from '../../http/answer';
import type { PlatformFailure } from '../../platform';
import { oauthError, tokenProblem } from './login';

const mediaType = { 'content-type': 'application/vnd.api+json' };

/** JSON:API. */
export const jsonApi = (status: number, value: object): Answer => json(status, value, mediaType);

/** What the API itself says: https://jsonapi.org/format/#errors */
export const apiError = (status: number, code: string, detail: string, parameter?: string): Answer =>
  jsonApi(status, {
    errors: [{ id: 'sandbox', status: String(status), code, detail, ...(parameter && { source: { parameter } }) }],
  });

/** What does not exist, or not in this country. */
export const notFound = apiError(404, 'NOT_FOUND', 'Resource not found', 'countryCode');

/** A list is asked for without saying of what. */
export const missingFilter = (name: string): Answer =>
  apiError(400, 'MISSING_REQUIRED_FILTER', `${name} is required`, name);

/** What the gateway before it says. */
export const gatewayError = (status: number, subStatus: number, userMessage: string): Answer =>
  json(status, { status, subStatus, userMessage });

/** A scope is missing. */
export const missingScope = (required: string, actual: readonly string[]): Answer =>
  gatewayError(
    403,
    11_004,
    `Token is missing required scope. Required scopes: ${required} Actual scopes: ${actual.join(' ')}`,
  );

/** Said about tokens. */
export const unauthorized = {
  expired: gatewayError(401, 11_003, 'The token has expired. (Expired on time)'),
  invalid: gatewayError(401, 11_002, 'Token could not be verified'),
  expiredJsonApi: apiError(401, 'UNAUTHORIZED', 'Expired token'),
  missing: apiError(401, 'UNAUTHORIZED', 'Missing token'),
} as const;

/** Too many requests. */
export const tooMany = (retryAfterSeconds: number): Answer => {
  const answer = apiError(429, 'TOO_MANY_REQUESTS', 'Rate limit exceeded');
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
};

const api = (about: string, answer: Answer): PlatformFailure => ({ about, host: 'api', answer: () => answer });
const token = (about: string, answer: Answer): PlatformFailure => ({ about, host: 'auth', answer: () => answer });

/** Section 5.3 and 5.6 of what is known about Tidal, row by row. */
export const tidalFailures: Record<string, PlatformFailure> = {
  rate_limited: api('Too many requests', tooMany(5)),
  server_error: {
    about: 'An outage',
    answer: (call) =>
      call.target.host === 'api'
        ? apiError(503, 'SERVICE_UNAVAILABLE', 'Service unavailable')
        : oauthError(503, 'server_error', 0, 'Service unavailable'),
  },
  invalid_client: token('The client or its secret is wrong', tokenProblem('unknown_client')),
  invalid_grant: token('The refresh token is dead', tokenProblem('dead_refresh_token')),
  invalid_code: token('The code is dead', tokenProblem('bad_code')),
  unauthorized_client: token('The client may not do this', tokenProblem('disabled_client')),
  invalid_request: token('A parameter is missing', tokenProblem('missing_parameter')),
  access_denied: token('The user is logged out', oauthError(401, 'access_denied', 11_002, 'Access denied')),
  authorization_pending: token(
    'Device flow',
    oauthError(400, 'authorization_pending', 1002, 'Device is not authorized yet'),
  ),
  expired_device_code: token('Device flow', oauthError(400, 'expired_token', 11_003, 'Device code is expired')),
  token_expired: api('The access token has expired', unauthorized.expired),
  token_invalid: api('The access token is none', unauthorized.invalid),
  token_expired_json_api: api('The same, said by the API itself', unauthorized.expiredJsonApi),
  token_11001: api('The same, with another number', gatewayError(401, 11_001, 'Invalid token')),
  token_11101: api('The same, with another number', gatewayError(401, 11_101, 'Token could not be verified')),
  token_6001: api('The same, with another number', gatewayError(401, 6001, 'Session not found')),
  asset_not_ready: api('A 401 that is none', gatewayError(401, 4005, 'Asset is not ready for playback')),
  insufficient_scope: api('A scope is missing', missingScope('user.read', [])),
  forbidden: api("The app's access tier", apiError(403, 'FORBIDDEN', 'Access to the resource is forbidden')),
  bad_request: api('A filter is unknown', apiError(400, 'INVALID_REQUEST', 'Unknown filter', 'filter[x]')),
  not_found: api(
    'Not there, hidden, or not in this country',
    apiError(404, 'NOT_FOUND', 'Resource not found', 'countryCode'),
  ),
  method_not_allowed: api('405', apiError(405, 'METHOD_NOT_ALLOWED', 'Method not allowed')),
  not_acceptable: api('406', apiError(406, 'NOT_ACCEPTABLE', 'Accept must be application/vnd.api+json')),
  unsupported_media_type: api('415', apiError(415, 'UNSUPPORTED_MEDIA_TYPE', 'Unsupported media type')),
  internal_error: api('500', apiError(500, 'INTERNAL_SERVER_ERROR', 'Internal server error')),
};
