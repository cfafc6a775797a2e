import { AppError, ERRORS, publicError, type ErrorCode } from '@musicgen/error-codes';

const text = (description: string) => ({ description, schema: { type: 'string' } });

const headers = {
  'X-Request-Id': text('The id of the request, as it stands in errors and logs'),
  'RateLimit-Policy': text(
    'So many requests at once, which come back within so many seconds: `"requests";q=2000;w=7200`',
  ),
  RateLimit: text('What is left, and in how many seconds all is there again: `"requests";r=1999;t=4`'),
  'X-RateLimit-Limit': text('Requests at once'),
  'X-RateLimit-Remaining': text('What is left'),
  'X-RateLimit-Reset': text('In how many seconds all is there again; if nothing is left, the next request'),
  'Retry-After': text('In how many seconds to try again'),
  'WWW-Authenticate': text('How to authenticate (RFC 6750)'),
};

const notOnEvery: Record<string, number[]> = { 'Retry-After': [429, 503], 'WWW-Authenticate': [401] };

/** The headers of an answer, by its status. */
export const headersOf = (status: number) =>
  Object.fromEntries(
    Object.keys(headers)
      .filter((name) => notOnEvery[name]?.includes(status) ?? true)
      .map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );

/** The parameter of each route that creates something. */
export const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'For 24 hours, the same key and body give the same response again',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

export const replayed = { 'Idempotent-Replayed': text('`true` where the response is that of an earlier request') };

/** The answer of a status, with the codes that come with it. */
export const errorOf = (codes: ErrorCode[]) => ({
  description: codes.map((code) => `\`${code}\`: ${ERRORS[code].message}`).join('\n\n'),
  headers: headersOf(ERRORS[codes[0]!].status),
  content: {
    'application/json': {
      schema: { $ref: '#/components/schemas/Error' },
      examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }])),
    },
  },
});

const exampleOf = (code: ErrorCode) => publicError(new AppError(code), 'req_01KA3V5T9ZXJ8Q4N6M2R7W1YBC');

const error = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'request_id', 'details'],
      properties: {
        code: { type: 'string', enum: Object.keys(ERRORS) },
        message: { type: 'string' },
        request_id: { type: 'string' },
        details: { type: 'string' },
        data: { type: 'object' },
      },
    },
  },
};

export const components = {
  schemas: { Error: error },
  headers,
  securitySchemes: {
    apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    cookie: {
      type: 'apiKey',
      in: 'cookie',
      name: 'session',
      description: 'Of the dashboard; what changes something needs the header Origin with it',
    },
  },
};

export const operatorTag = 'Operations';

const forOperators = (operationId: string, summary: string, answers: Record<number, object>) => ({
  get: { operationId, tags: [operatorTag], summary, 'x-access': 'anonymous', responses: answers },
});
const status = (description: string) => ({
  description,
  content: { 'application/json': { schema: { type: 'object' }, example: { status: description } } },
});

/** Served by the kit, which has no contracts for them. */
export const operatorPaths = {
  '/health/live': forOperators('healthLive', 'Whether the process lives', { 200: status('ok') }),
  '/health/ready': forOperators('healthReady', 'Whether it can do its work', {
    200: status('ok'),
    503: status('error'),
  }),
  '/metrics': forOperators('metrics', 'Metrics for Prometheus; for the machine itself, or with a token', {
    200: { description: 'Metrics', content: { 'text/plain': { schema: { type: 'string' } } } },
    404: errorOf(['NOT_FOUND']),
  }),
};
