import { createHash, randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Sandbox, type SandboxOptions } from '../src/sandbox';
import { makeServer, type Certificate, type Front } from '../src/server';

/** Friday morning: the machine's clock in all tests stands there. */
export const startOfTest = Date.UTC(2026, 10, 20, 10, 0, 0);

/** What came back. */
export interface Reply<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: T;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the bodies of seven platforms; each test says what it expects in them.
type Json = any;

/** A running sandbox and a caller of it. */
export class SandboxClient {
  private constructor(
    readonly url: string,
    /** Host and port under which the same sandbox speaks https, if it has a certificate. */
    readonly tlsHost: string,
    readonly sandbox: Sandbox,
    readonly close: () => Promise<void>,
  ) {}

  static async start(options: SandboxOptions = {}, certificate?: Certificate): Promise<SandboxClient> {
    const sandbox = await Sandbox.create({ realNow: () => startOfTest, ...options });
    const front: Front = {
      handle: (request) => sandbox.handle(request),
      now: () => sandbox.world.clock.now(),
      log: () => undefined,
      fail: (err) => process.stderr.write(`${String(err)}\n`),
    };
    const servers = [makeServer(front), ...(certificate ? [makeServer(front, certificate)] : [])];
    const [port, tlsPort] = await Promise.all(servers.map(listen));
    const close = async () => {
      await sandbox.close();
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    };
    return new SandboxClient(`http://127.0.0.1:${port}`, `127.0.0.1:${tlsPort}`, sandbox, close);
  }

  async ask(path: string, init: RequestInit = {}): Promise<Reply<Json>> {
    const url = path.startsWith('http') ? path : `${this.url}${path}`;
    const response = await fetch(url, { redirect: 'manual', ...init });
    const text = await response.text();
    let json: Json;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    return { status: response.status, headers: response.headers, text, json };
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Reply<Json>> {
    return this.ask(path, { headers });
  }

  form(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Reply<Json>> {
    return this.ask(path, { method: 'POST', body: new URLSearchParams(fields), headers });
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply<Json>> {
    const type = { 'content-type': 'application/json' };
    return this.ask(path, { method: 'POST', body: JSON.stringify(body), headers: { ...type, ...headers } });
  }

  /** A call of the control API that must work. */
  async control(method: string, path: string, body?: unknown): Promise<Json> {
    const reply = await this.ask(`/_sandbox${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    return reply.json;
  }

  advance(time: string): Promise<Json> {
    return this.control('POST', '/clock', { advance: time });
  }

  /** An app of a platform, registered for this test. */
  register(platform: string, facts: object = {}): Promise<App> {
    return this.control('POST', '/clients', { platform, redirect_uris: [callback], ...facts });
  }

  /** Fills in the consent page as a browser would, and follows to the callback; what is in its query. */
  async consent(
    path: string,
    { user = 'ada', decision = 'approve', scopes }: Choice = {},
  ): Promise<Record<string, string>> {
    const page = await this.get(path);
    if (page.status === 303) return queryOf(page);
    if (page.status !== 200) throw new Error(`There is no consent page: ${page.text}`);
    const action = /action="([^"]*)"/.exec(page.text)?.[1]?.replaceAll('&#38;', '&') ?? '';
    const form = new URLSearchParams({ user, decision });
    const shown = [...page.text.matchAll(/name="scope" value="([^"]*)"/g)].map(([, scope]) => scope ?? '');
    for (const scope of scopes ?? shown) form.append('scope', scope);
    const sent = await this.ask(new URL(action, new URL(path, this.url)).href, { method: 'POST', body: form });
    if (sent.status !== 303) throw new Error(`No redirect: ${sent.status} ${sent.text}`);
    return queryOf(sent);
  }
}

/** Where apps want their users back. */
export const callback = 'http://127.0.0.1:3999/callback';

/** An app as the control API shows it. */
export interface App {
  readonly client_id: string;
  readonly client_secret: string;
}

interface Choice {
  user?: string;
  decision?: 'approve' | 'deny';
  scopes?: string[];
}

/** A verifier with its challenge. */
export function pkce() {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** The header of a client that proves itself with it. */
export const basic = ({ client_id, client_secret }: App) => ({
  authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`,
});

/** A path with a query. */
export const withQuery = (path: string, query: Record<string, string>) => `${path}?${new URLSearchParams(query)}`;

async function listen(server: ReturnType<typeof makeServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const queryOf = (reply: Reply) =>
  Object.fromEntries(new URL(reply.headers.get('location') ?? 'http://nowhere').searchParams);
