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

/** Creates something as a careful client does: while a service is away or late, again, with the same Idempotency-Key. */
export async function create(ask: Client, path: string, body: unknown): Promise<Answer> {
  const headers = { 'idempotency-key': randomUUID() };
  return until(
    async () => {
      const answer = await ask('POST', path, body, headers);
      const isLater = answer.status >= 503 || answer.body.error?.code === 'REQUEST_IN_PROGRESS';
      return !isLater && answer;
    },
    `${path} to be answered`,
    60_000,
  );
}

const usual = ['generate', 'models:read', 'user:read', 'credentials:read', 'credentials:write'];

/** A new user with a key of the given mode. */
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
  return client(url, key);
}
