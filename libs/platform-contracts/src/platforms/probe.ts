import type { PlatformDefinition } from './definition';
import { REASONS, type Reason } from './reasons';

/**
 * One part of a credential's validation and how the platform is asked. In path, query and headers `{name}` stands for a
 * field of the credential or for a token: `access_token` (the user's), `app_token`, `developer_token`.
 */
export interface Probe {
  /** Names the part in the answer. */
  readonly name: string;
  readonly proves: string;
  /** Without these there is nothing to ask with. */
  readonly needs: readonly string[];
  /** Asked only if that part is good, because its failures could not be told apart otherwise. */
  readonly after?: string;
  /** Costs quota: asked only when the caller wants it. */
  readonly deep?: true;
  readonly request:
    | ProbeRequest
    | { readonly grant: 'client_credentials' }
    | { /** As `auth.signature` says. */ readonly signed: 'second_of_silence' };
  /** What a 2xx answer must say besides; in order, the first that is not so counts. */
  readonly expects?: readonly Expectation[];
  /** The platform documents no body: one that is no JSON is a success too. */
  readonly anyBody?: true;
}

/** One thing about a success, at a dotted path in its body, and what it means when it is otherwise. */
export type Expectation = {
  readonly at: string;
  readonly otherwise: Reason;
  readonly remedy?: string;
} & (
  | { /** Is what this field of the credential says. */ readonly field: string }
  | { /** Is something else than this; may be missing. */ readonly isNot: string | number | boolean }
  | { /** Is there at all. */ readonly exists: true }
);

/** A GET that changes nothing. */
export interface ProbeRequest {
  readonly host: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One line of a platform's table of failures: all that is given must fit; the first line that fits counts. */
export interface FailureRule {
  readonly reason: Reason;
  readonly status?: number;
  readonly codes?: readonly string[];
  /** Stands somewhere in the body, in any case. */
  readonly text?: string;
  /** Only in this part of the validation; `token` is the token endpoint. */
  readonly part?: string;
  readonly remedy?: string;
}

/** What an answer means, without a word of the platform's own text. */
export interface Explanation {
  reason: Reason;
  message: string;
  remedy: string;
  upstream_code?: string;
}

/** After the platform's own lines. RFC 6749 section 5.2, then what statuses mean anywhere. */
const commonFailures: readonly FailureRule[] = [
  { codes: ['invalid_client'], reason: 'invalid_client' },
  { codes: ['invalid_grant'], reason: 'token_revoked' },
  { codes: ['invalid_scope'], reason: 'insufficient_scope' },
  { codes: ['unauthorized_client'], reason: 'forbidden' },
  { status: 401, reason: 'token_expired' },
  { status: 403, reason: 'forbidden' },
  { status: 429, reason: 'rate_limited' },
];

/** What came back. `isUnusable`: it looks like a success, and what was asked for is not in it. */
export interface Answer {
  status: number;
  body: string;
  isUnusable?: boolean;
}

/** Reads an answer of a platform, good or bad, by its table of failures; `values` are those of the request. Never throws. */
export function explainAnswer(
  platform: PlatformDefinition,
  part: string,
  { status, body, isUnusable = false }: Answer,
  values: Readonly<Record<string, unknown>> = {},
): Explanation {
  if (status >= 500) return explanation('upstream_unavailable');
  const parsed = parse(body);
  const failedAt = platform.failureIn2xxAt;
  const isFailure = isUnusable || (failedAt !== undefined && valuesAt(parsed, failedAt).some(isSomething));
  if (status >= 200 && status < 300 && !isFailure) return explainSuccess(platform, part, parsed, values);

  const codes = [...platform.codeAt, 'error'].flatMap((path) => valuesAt(parsed, path)).flatMap(asCode);
  const text = body.toLowerCase();
  const fits = (rule: FailureRule) =>
    (rule.part === undefined || rule.part === part) &&
    (rule.status === undefined || rule.status === status) &&
    (rule.codes === undefined || rule.codes.some((code) => codes.includes(code))) &&
    (rule.text === undefined || text.includes(rule.text.toLowerCase()));
  const rule = [...platform.failures, ...commonFailures].find(fits);
  const code = rule?.codes?.find((known) => codes.includes(known)) ?? codes[0];
  return explanation(rule?.reason ?? 'upstream_unexpected', rule?.remedy, code);
}

function explainSuccess(
  { probes }: PlatformDefinition,
  part: string,
  body: unknown,
  values: Readonly<Record<string, unknown>>,
): Explanation {
  const probe = probes.find(({ name }) => name === part);
  if (probe && !probe.anyBody && body === undefined) return explanation('upstream_unexpected');
  const broken = probe?.expects?.find((expectation) => !holds(expectation, body, values));
  return broken ? explanation(broken.otherwise, broken.remedy) : explanation('ok');
}

/** The first text or number at one of the paths of a JSON body. */
export function textAt(body: string, paths: readonly string[]): string | null {
  const parsed = parse(body);
  const found = paths.flatMap((path) => valuesAt(parsed, path));
  const text = found.find((value) => (typeof value === 'string' && value !== '') || typeof value === 'number');
  return text === undefined ? null : String(text);
}

/** What is said about a reason where there is no answer to read: no token yet, no network, no time. */
export function explanation(reason: Reason, remedy?: string, code?: string): Explanation {
  const row = REASONS[reason];
  return { reason, message: row.message, remedy: remedy ?? row.remedy, ...(code && { upstream_code: code }) };
}

/** Puts values into a probe's request; a header or parameter whose value is not there is left out. */
export function fillRequest(request: ProbeRequest, values: Readonly<Record<string, unknown>>) {
  const path = fill(request.path, values, encodeURIComponent);
  if (path === undefined) throw new Error(`A value for ${request.path} is missing`);
  return { host: request.host, path, query: fillAll(request.query, values), headers: fillAll(request.headers, values) };
}

/** The names between braces in a request. */
export function placeholders({ path, query = {}, headers = {} }: ProbeRequest): string[] {
  const texts = [path, ...Object.values(query), ...Object.values(headers)];
  return texts.flatMap((text) => [...text.matchAll(placeholder)].map(([, name]) => name ?? ''));
}

const placeholder = /\{(\w+)\}/g;

function fillAll(texts: Readonly<Record<string, string>> = {}, values: Readonly<Record<string, unknown>>) {
  const filled = Object.entries(texts).map(([name, text]) => [name, fill(text, values)] as const);
  return Object.fromEntries(filled.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function fill(text: string, values: Readonly<Record<string, unknown>>, encode = (value: string) => value) {
  const isMissing = [...text.matchAll(placeholder)].some(([, name]) => values[name ?? ''] === undefined);
  return isMissing ? undefined : text.replace(placeholder, (_, name: string) => encode(String(values[name])));
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function valuesAt(value: unknown, path: string): unknown[] {
  return path
    .split('.')
    .reduce<unknown[]>((found, key) => found.flatMap((at) => [at].flat()).flatMap((at) => member(at, key)), [value]);
}

function member(value: unknown, key: string): unknown[] {
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  return isObject ? [(value as Record<string, unknown>)[key]] : [];
}

function holds(expectation: Expectation, body: unknown, values: Readonly<Record<string, unknown>>): boolean {
  const found = valuesAt(body, expectation.at);
  if ('field' in expectation) return found.includes(values[expectation.field]);
  return 'isNot' in expectation ? !found.includes(expectation.isNot) : found.some(isSomething);
}

const isSomething = (value: unknown) =>
  Boolean(value) && (typeof value !== 'object' || Object.keys(value as object).length > 0);

/** Codes only: a sentence of the platform's is none, and goes nowhere. */
const asCode = (value: unknown) =>
  (typeof value === 'string' && /^[\w.-]{1,64}$/.test(value)) || typeof value === 'number' ? [String(value)] : [];
