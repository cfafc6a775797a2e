import { ERRORS, isErrorCode, type ErrorRow } from './codes';

const rows: [string, ErrorRow][] = Object.entries(ERRORS);

describe('the catalogue of errors', () => {
  it('gives every status the codes the public API promises for it', () => {
    const byStatus: Record<number, string[]> = {};
    for (const [code, row] of rows) (byStatus[row.status] ??= []).push(code);
    for (const codes of Object.values(byStatus)) codes.sort();

    expect(byStatus).toEqual({
      400: ['OAUTH_STATE_INVALID', 'VALIDATION_FAILED'],
      401: [
        'API_KEY_EXPIRED',
        'AUTHENTICATION_REQUIRED',
        'INVALID_API_KEY',
        'INVALID_CREDENTIALS',
        'INVALID_REFRESH_TOKEN',
        'INVALID_TOKEN',
        'TOKEN_EXPIRED',
      ],
      403: ['HTTPS_REQUIRED', 'INSUFFICIENT_PERMISSIONS', 'IP_NOT_ALLOWED', 'MODEL_NOT_IN_TIER'],
      404: ['NOT_FOUND'],
      409: [
        'CONFLICT',
        'GENERATION_FINISHED',
        'GENERATION_NOT_READY',
        'NO_ACTIVE_CREDENTIAL',
        'REAUTHORIZATION_REQUIRED',
        'REQUEST_IN_PROGRESS',
      ],
      410: ['GONE'],
      413: ['PAYLOAD_TOO_LARGE'],
      415: ['UNSUPPORTED_MEDIA_TYPE'],
      422: ['CREDENTIAL_INVALID', 'IDEMPOTENCY_KEY_REUSED'],
      429: ['ACCOUNT_LOCKED', 'QUOTA_EXCEEDED', 'RATE_LIMIT_EXCEEDED'],
      500: ['INTERNAL_ERROR'],
      502: ['TOKEN_REFRESH_FAILED', 'UPSTREAM_ERROR', 'UPSTREAM_FORBIDDEN', 'UPSTREAM_RATE_LIMITED'],
      503: ['MODEL_UNAVAILABLE', 'SERVICE_UNAVAILABLE', 'UPSTREAM_UNAVAILABLE'],
      504: ['TIMEOUT', 'UPSTREAM_TIMEOUT'],
    });
  });

  it.each(rows)('%s is upper snake case, with a message and a solution that are sentences', (code, row) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(row.message).toMatch(/^[A-Z].*[^.]$/);
    expect(row.solution).toMatch(/^[A-Z].*\.$/);
  });

  it('never calls a refused sign-in or permission worth a retry', () => {
    const refused = rows.filter(([, { status }]) => status === 401 || status === 403);
    expect(refused.filter(([, row]) => row.retryable)).toEqual([]);
  });

  it.each(['NO_SUCH_CODE', 'toString', '__proto__', '', 7, null, undefined, {}])(
    'does not take %p for a code',
    (value) => {
      expect(isErrorCode(value)).toBe(false);
    },
  );
});
