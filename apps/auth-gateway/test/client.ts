import type { ErrorCode } from '@musicgen/error-codes';
import { ERRORS } from '@musicgen/error-codes';

/** What tests read by name out of one answer or another. */
export interface Body {
  id: string;
  name: string;
  email: string;
  mode: string;
  usage: unknown;
  key: string;
  access_token: string;
  refresh_token: string;
  user: { id: string; usage: unknown };
  keys: object[];
  data: Body[];
  next_cursor: string | null;
  artefacts: { url: string }[];
  error: { code: string; details: string; request_id: string; data: { fields: { path: string; problem: string }[] } };
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: Body;
}

export interface Asking {
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, with `content-type: application/json` unless the headers say otherwise. */
  raw?: string | Uint8Array<ArrayBuffer>;
  key?: string;
  token?: string;
  headers?: Record<string, string>;
}

export type Ask = (route: string, asking?: Asking) => Promise<Answer>;

/** `ask('POST /v1/generate', { key, body })`; every answer is checked for what each answer must have. */
export const clientOf =
  (url: string): Ask =>
  async (route, { body, raw, key, token, headers } = {}) => {
    const [method, path] = route.split(' ') as [string, string];
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${url}${path}`, {
      method,
      body: sent,
      redirect: 'manual',
      headers: {
        ...(sent !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'x-api-key': key }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
    const answer = { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
    expectCommonHeaders(answer);
    return answer;
  };

const rateLimitHeaders = [
  'ratelimit-policy',
  'ratelimit',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
];

/** What every answer has, also one to a request that never reached a route. */
export function expectCommonHeaders({ status, headers, body }: Answer): void {
  expect(headers.get('x-request-id')).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
  expect(rateLimitHeaders.filter((name) => !headers.has(name))).toEqual([]);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  if (status === 401) expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="musicgen"/);
  if (status === 429 || status === 503) expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  if (status >= 400 && status !== 416) {
    expect(body.error.request_id).toBe(headers.get('x-request-id'));
    expect(headers.get('cache-control')).toBe('no-store');
  }
}

/** The error format, word for word: nothing is in it that the contract does not name. */
export function expectError(answer: Answer, code: ErrorCode, details: unknown = expect.stringMatching(/./)): void {
  const { data, ...error } = Object(answer.body?.error) as Record<string, unknown>;
  const { status, message } = ERRORS[code];
  expect({ status: answer.status, ...error }).toEqual({
    status,
    code,
    message,
    request_id: expect.any(String),
    details,
  });
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  if (code !== 'VALIDATION_FAILED') return;
  const { fields } = data as { fields: unknown[] };
  expect(fields).not.toHaveLength(0);
}

/** The paths of the fields that are refused. */
export function refusedFields(answer: Answer): string[] {
  expectError(answer, 'VALIDATION_FAILED');
  const { fields } = answer.body.error.data;
  for (const { problem } of fields) expect(problem).toMatch(/./);
  return fields.map(({ path }) => path);
}
