import { until } from '@musicgen/testing';
import { randomUUID } from 'node:crypto';

/** A client of the public API, as small as it can be. */
export interface Answer {
  status: number;
  headers: Headers;
  // The tests say what they expect of it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
  ms: number;
}

export type Client = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

export const client =
  (url: string, key?: string): Client =>
  async (method, path, body, headers) => {
    const started = performance.now();
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(key && { 'x-api-key': key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text ? JSON.parse(text) : text,
      ms: performance.now() - started,
    };
  };

/** What passes: a service that is away or late, or still has the first request in hand. */
const passing = ['SERVICE_UNAVAILABLE', 'TIMEOUT', 'REQUEST_IN_PROGRESS'];

/** Asks as a careful client does: again, while it is told what passes; and what it creates, under one Idempotency-Key. */
export const patient =
  (ask: Client): Client =>
  (method, path, body, headers) => {
    const sent = method === 'POST' ? { 'idempotency-key': randomUUID(), ...headers } : headers;
    return until(async () => {
      const answer = await ask(method, path, body, sent);
      return !passing.includes(answer.body?.error?.code) && answer;
    }, `${method} ${path} to be answered`);
  };

const usual = ['generate', 'models:read', 'user:read', 'credentials:read', 'credentials:write'];

/** A new user with a key of the given mode, and patience. */
export async function newUser(
  url: string,
  name: string,
  mode: 'live' | 'test',
  permissions: readonly string[] = usual,
): Promise<Client> {
  const anonymous = client(url);
  const { status, body } = await anonymous('POST', '/v1/auth/register', {
    email: `${name}@example.com`,
    password: 'a long pass phrase',
    mode,
  });
  if (status !== 201) throw new Error(`${name} was not registered: ${JSON.stringify(body)}`);
  const response = await fetch(`${url}/v1/user/api-keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${body.access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, permissions }),
  });
  if (response.status !== 201) throw new Error(`no key for ${name}: ${await response.text()}`);
  const { key } = (await response.json()) as { key: string };
  return patient(client(url, key));
}
