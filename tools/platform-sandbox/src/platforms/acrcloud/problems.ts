import { html, json, redirect, text, type Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import type { PlatformFailure } from '../../platform';

/** The project API's answers always come with status 200; server answers have a version, what SDKs make up has not: https://docs.acrcloud.com/reference/identification-api/identification-api */
export const identifyStatus = (code: number, msg: string): Answer =>
  json(200, { status: { msg, code, version: '1.0' } });

/** Code 3015 means two things; only the words tell which. */
export const identifyProblems = {
  noResult: identifyStatus(1001, 'No result'),
  noFingerprint: identifyStatus(2004, 'Unable to generate fingerprint'),
  serviceError: { ...identifyStatus(3000, 'Recognition service error'), status: 500 },
  invalidKey: identifyStatus(3001, 'Missing/Invalid Access Key'),
  contentType: identifyStatus(3002, 'Invalid Content-Type. should be multipart/form-data'),
  limitExceeded: identifyStatus(3003, 'Limit exceeded'),
  invalidArguments: identifyStatus(3006, 'Invalid arguments'),
  metadataError: identifyStatus(3011, 'Metadata error'),
  invalidSignature: identifyStatus(3014, 'Invalid Signature'),
  qpsExceeded: identifyStatus(3015, 'QpS limit exceeded, please upgrade your account'),
  couldNotFingerprint: identifyStatus(3015, 'Could not generate fingerprint'),
  tooLarge: identifyStatus(3016, 'The file is too large, 10-20 seconds are enough'),
} as const;

/** What is on record of the console API; envelopes nobody published are our guess. */
export const consoleProblems = {
  acr403: json(403, { message: 'Authentication Exception' }),
  laravel401: json(401, { message: 'Unauthenticated.' }),
  invalidContainer: (status: number) => json(status, { message: 'Invalid Container' }),
  notFound: json(404, { message: 'Not Found' }),
  noFileScanning: json(403, { message: 'This action is unauthorized.' }),
  tooMany: json(
    429,
    { message: 'Too Many Attempts.' },
    {
      'retry-after': '30',
      'x-ratelimit-limit': '60',
      'x-ratelimit-remaining': '0',
    },
  ),
} as const;

/** Laravel sends whoever does not ask for JSON to a login page. */
export const laravelRefusal = (call: Call): Answer =>
  (call.header('accept') ?? '').includes('json')
    ? consoleProblems.laravel401
    : { ...redirect('https://console.acrcloud.com/login'), status: 302 };

/** A field that is missing or wrong. */
export const invalidFields = (errors: Readonly<Record<string, readonly string[]>>): Answer =>
  json(422, { message: 'The given data was invalid.', errors });

const identify = (about: string, answer: Answer): PlatformFailure => ({
  about,
  host: 'identify',
  path: '/v1/identify',
  answer: () => answer,
});
const console = (about: string, answer: (call: Call) => Answer): PlatformFailure => ({ about, path: '/api/*', answer });
const files = (about: string, answer: Answer): PlatformFailure => ({
  about,
  host: 'files',
  path: '/api/fs-containers/*',
  answer: () => answer,
});

/** Section 2.4 (what servers say) and 3.6 of what is known about ACRCloud, row by row. */
export const acrcloudFailures: Record<string, PlatformFailure> = {
  rate_limited: {
    about: 'Too many requests: 3015 in one API, 429 in the other',
    answer: (call) => (call.target.host === 'identify' ? identifyProblems.qpsExceeded : consoleProblems.tooMany),
  },
  server_error: {
    about: 'An outage',
    answer: (call) =>
      call.target.host === 'identify' ? identifyProblems.serviceError : json(500, { message: 'Server Error' }),
  },
  no_result: identify('1001: heard, and not known', identifyProblems.noResult),
  no_fingerprint: identify('2004: silent, too short or not audio', identifyProblems.noFingerprint),
  service_error: identify('3000, with status 500', identifyProblems.serviceError),
  invalid_access_key: identify('3001: a wrong key, or of another region', identifyProblems.invalidKey),
  invalid_content_type: identify('3002: not multipart', identifyProblems.contentType),
  limit_exceeded: identify('3003: no requests left', identifyProblems.limitExceeded),
  limit_exceeded_long: identify(
    '3003 in other words',
    identifyStatus(3003, 'requests limit exceeded, please upgrade your account'),
  ),
  invalid_arguments: identify('3006: a field is missing or wrong', identifyProblems.invalidArguments),
  metadata_error: identify('3011', identifyProblems.metadataError),
  invalid_signature: identify('3014: a wrong secret', identifyProblems.invalidSignature),
  qps_exceeded: identify('3015 (a): too many requests a second', identifyProblems.qpsExceeded),
  could_not_fingerprint: identify('3015 (b): could not make a fingerprint', identifyProblems.couldNotFingerprint),
  too_large: identify('3016', identifyProblems.tooLarge),
  bad_token_403: console('A bad token, as seen', () => consoleProblems.acr403),
  bad_token_401: console('A bad token, as Laravel says it', laravelRefusal),
  bad_token_text: console('A bad token, in plain text', () => text(403, 'Authentication Exception')),
  bad_token_html: console('A bad token, as a page', () => html(403, '403 Forbidden', '<center>nginx</center>')),
  login_redirect: console('A bad token, sent to a login page', () => ({
    ...redirect('https://console.acrcloud.com/login'),
    status: 302,
  })),
  invalid_container: files('A container of another account or region', consoleProblems.invalidContainer(404)),
  invalid_container_403: files('The same with status 403', consoleProblems.invalidContainer(403)),
  file_not_found: files('An unknown file', consoleProblems.notFound),
  file_empty_list: files('An unknown file, said otherwise', json(200, { data: [] })),
  no_file_scanning: files('The plan or the scopes have no file scanning', consoleProblems.noFileScanning),
  validation: console('A field is wrong', () => invalidFields({ name: ['The name field is required.'] })),
  console_rate_limited: console('Too many requests', () => consoleProblems.tooMany),
  plan_exhausted_402: console('The plan is used up', () => json(402, { message: 'Payment Required' })),
  plan_exhausted_403: console('The plan is used up, said otherwise', () => json(403, { message: 'Quota exceeded' })),
};
