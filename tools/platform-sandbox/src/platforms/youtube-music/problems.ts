import { json, type Answer } from '../../http/answer';
import type { PlatformFailure } from '../../platform';
import { invalidRapt, malformedCode, tokenProblem } from './google-oauth';

/** What makes one of Google's errors. */
interface ErrorFacts {
  readonly code: number;
  readonly message: string;
  readonly reason?: string;
  readonly domain?: string;
  readonly status?: string;
  /** Of the ErrorInfo in `details`. */
  readonly info?: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** https://cloud.google.com/apis/design/errors and https://developers.google.com/youtube/v3/docs/errors: both generations in one envelope. */
export function googleError({ code, message, reason, domain = 'global', status, info, more }: ErrorFacts): Answer {
  const errorInfo = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: info,
    domain: 'googleapis.com',
    metadata: { service: 'youtube.googleapis.com' },
  };
  return json(code, {
    error: {
      code,
      message,
      errors: [{ message, domain, reason: reason ?? 'forbidden', ...more }],
      ...(status && { status }),
      ...(info && { details: [errorInfo] }),
    },
  });
}

const denied = (reason: string, message: string, domain = 'youtube.common') =>
  googleError({ code: 403, message, reason, domain, status: 'PERMISSION_DENIED' });

const blocked = (info: string, message: string) =>
  googleError({ code: 403, message, reason: 'forbidden', status: 'PERMISSION_DENIED', info });

const badRequest = { code: 400, reason: 'badRequest', status: 'INVALID_ARGUMENT', info: 'API_KEY_INVALID' };
const quotaText =
  'The request cannot be completed because you have exceeded your <a href="/youtube/v3/getting-started#quota">quota</a>.';

/** Said when nothing works because of whose key or project it is. */
export const problems = {
  invalidKey: googleError({ ...badRequest, message: 'API key not valid. Please pass a valid API key.' }),
  expiredKey: googleError({ ...badRequest, message: 'API key expired. Please renew the API key.' }),
  missingKey: googleError({
    code: 403,
    message: 'The request is missing a valid API key.',
    reason: 'forbidden',
    status: 'PERMISSION_DENIED',
  }),
  invalidCredentials: googleError({
    code: 401,
    message:
      'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
    reason: 'authError',
    status: 'UNAUTHENTICATED',
    more: { message: 'Invalid Credentials', location: 'Authorization', locationType: 'header' },
  }),
  insufficientScope: googleError({
    code: 403,
    message: 'Request had insufficient authentication scopes.',
    reason: 'insufficientPermissions',
    status: 'PERMISSION_DENIED',
    info: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
  }),
  quotaExceeded: denied('quotaExceeded', quotaText, 'youtube.quota'),
  searchQuotaExceeded: googleError({
    code: 429,
    message:
      "Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per day' of service 'youtube.googleapis.com' for consumer 'project_number:123456789012'.",
    reason: 'rateLimitExceeded',
    status: 'RESOURCE_EXHAUSTED',
  }),
  signupRequired: googleError({
    code: 401,
    message: 'Unauthorized',
    reason: 'youtubeSignupRequired',
    domain: 'youtube.header',
  }),
  accountClosed: denied('authenticatedUserAccountClosed', 'The YouTube account of the authenticated user is closed.'),
  accountSuspended: denied(
    'authenticatedUserAccountSuspended',
    'The YouTube account of the authenticated user is suspended.',
  ),
} as const;

/** The key is good, and not for this. */
export const restricted = {
  service: blocked('API_KEY_SERVICE_BLOCKED', 'Requests to this API youtube method are blocked.'),
  referrer: blocked('API_KEY_HTTP_REFERRER_BLOCKED', 'Requests from referer <empty> are blocked.'),
  ip: blocked('API_KEY_IP_ADDRESS_BLOCKED', 'The provided API key has an IP address restriction.'),
  android: blocked('API_KEY_ANDROID_APP_BLOCKED', 'Requests from this Android client application <empty> are blocked.'),
  ios: blocked('API_KEY_IOS_APP_BLOCKED', 'Requests from this iOS client application <empty> are blocked.'),
} as const;

/** https://cloud.google.com/apis/docs/troubleshooting: says where it can be enabled. */
export function apiNotEnabled(project: string): Answer {
  const message = `YouTube Data API v3 has not been used in project ${project} before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/youtube.googleapis.com/overview?project=${project} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`;
  const more = { extendedHelp: 'https://console.developers.google.com' };
  const facts = { code: 403, status: 'PERMISSION_DENIED', domain: 'usageLimits', reason: 'accessNotConfigured' };
  return googleError({ ...facts, message, info: 'SERVICE_DISABLED', more });
}

/** A parameter that is wrong. */
export const badParameter = (reason: string, message: string) =>
  googleError({ code: 400, message, reason, domain: 'youtube.parameter' });

const usageLimit = (code: number, reason: string, message: string) =>
  googleError({ code, message, reason, domain: 'usageLimits' });

const api = (about: string, answer: Answer, path = '/youtube/v3/*'): PlatformFailure => ({
  about,
  host: 'api',
  path,
  answer: () => answer,
});
const token = (about: string, answer: Answer): PlatformFailure => ({
  about,
  host: 'oauth',
  path: '/token',
  answer: () => answer,
});

/** Section 1.3 and 1.6 of what is known about Google, row by row. */
export const youtubeFailures: Record<string, PlatformFailure> = {
  rate_limited: api('Too fast', usageLimit(429, 'rateLimitExceeded', 'Rate Limit Exceeded')),
  server_error: {
    about: 'An outage',
    answer: () => googleError({ code: 503, message: 'Backend Error', reason: 'backendError', status: 'UNAVAILABLE' }),
  },
  internal_error: api(
    'A failure of theirs',
    googleError({ code: 500, message: 'Internal Error', reason: 'internalError' }),
  ),
  invalid_grant: token('The refresh token was revoked or has ended', tokenProblem('dead_refresh_token')),
  malformed_code: token('The code is none', malformedCode),
  used_code: token('The code was used or has expired', tokenProblem('used_code')),
  wrong_verifier: token('The PKCE verifier is wrong', tokenProblem('wrong_verifier')),
  invalid_rapt: token("Google Workspace's session policy", invalidRapt),
  unknown_client: token('The client id is unknown', tokenProblem('unknown_client')),
  invalid_client: token('The client secret is wrong', tokenProblem('wrong_secret')),
  redirect_uri_mismatch: token('redirect_uri differs', tokenProblem('wrong_redirect')),
  invalid_request: token('A parameter is missing', tokenProblem('missing_parameter', 'grant_type')),
  unsupported_grant: token('An unknown grant type', tokenProblem('unsupported_grant', 'x')),
  api_key_invalid: api('A bad or unknown key', problems.invalidKey),
  api_key_expired: api('An expired key', problems.expiredKey),
  api_key_invalid_legacy: api('A bad key, as until 2020', usageLimit(400, 'keyInvalid', 'Bad Request')),
  api_key_missing: api('No key', problems.missingKey),
  api_key_missing_legacy: api(
    'No key, as in old times',
    usageLimit(403, 'dailyLimitExceededUnreg', 'Daily Limit for Unauthenticated Use Exceeded.'),
  ),
  api_not_enabled: api('The API is off in the project', apiNotEnabled('123456789012')),
  api_key_service_blocked: api('The key is for other APIs', restricted.service),
  api_key_referrer_blocked: api('The key is for web pages', restricted.referrer),
  api_key_ip_blocked: api('The key is for other addresses', restricted.ip),
  api_key_android_blocked: api('The key is for an Android app', restricted.android),
  api_key_ios_blocked: api('The key is for an iOS app', restricted.ios),
  ip_referer_blocked_legacy: api(
    'The same, as in old times',
    usageLimit(403, 'ipRefererBlocked', 'The request did not specify any referer.'),
  ),
  quota_exceeded: api('The units of the day are used up', problems.quotaExceeded),
  daily_limit_exceeded_legacy: api(
    'The same, as in old times',
    usageLimit(403, 'dailyLimitExceeded', 'Daily Limit Exceeded'),
  ),
  search_quota_exceeded: api('The searches of the day are used up', problems.searchQuotaExceeded, '/youtube/v3/search'),
  user_rate_limited: api('Too fast for one user', usageLimit(403, 'userRateLimitExceeded', 'User Rate Limit Exceeded')),
  unauthorized: api('The access token is bad or has expired', problems.invalidCredentials),
  insufficient_scope: api('The scope is too small', problems.insufficientScope),
  signup_required: api('The account has no channel', problems.signupRequired),
  account_closed: api('The account is closed', problems.accountClosed),
  account_suspended: api('The account is suspended', problems.accountSuspended),
  delegation_forbidden: api('Delegation', denied('accountDelegationForbidden', 'Delegation is not allowed.')),
  forbidden: api('No reason given', denied('forbidden', 'Access forbidden.')),
  bad_parameter: api(
    'A parameter is wrong',
    badParameter('invalidPageToken', 'The request specifies an invalid page token.'),
  ),
};
