import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Answer } from './http/answer';
import type { RawRequest } from './http/call';

const bodyBytesMax = 64 * 1024 * 1024;

/** What the server needs to know of the sandbox. */
export interface Front {
  handle(request: RawRequest): Promise<Answer>;
  /** For the Date header: callers see a platform's clock there. */
  now(): number;
  log(facts: { method: string; path: string; status: number; ms: number }): void;
  fail(err: unknown): void;
}

/** What a server shows of itself under https, both as PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** node:http itself, because a framework keeps one from sending broken answers. */
export function makeServer(front: Front, certificate?: Certificate): Server | TlsServer {
  const listener = (req: IncomingMessage, res: ServerResponse) => {
    serve(req, res, front).catch((err: unknown) => {
      front.fail(err);
      if (!res.headersSent) res.writeHead(500, { 'content-type': 'text/plain' });
      res.end('The sandbox itself failed; see its log.\n');
    });
  };
  const server = certificate ? createTlsServer({ ...certificate }, listener) : createServer(listener);
  server.keepAliveTimeout = 65_000;
  return server;
}

async function serve(req: IncomingMessage, res: ServerResponse, front: Front): Promise<void> {
  const startedAt = performance.now();
  const body = await readBody(req);
  const { method = 'GET', url = '/', headers } = req;
  const isEncrypted = req.socket instanceof TLSSocket;
  const answer = body ? await front.handle({ method, url, headers, body, isEncrypted }) : tooLarge;
  send(res, answer, front.now());
  const path = url.split('?')[0] ?? '';
  front.log({ method, path, status: answer.status, ms: Math.round(performance.now() - startedAt) });
}

const tooLarge: Answer = { status: 413, headers: { connection: 'close' }, body: '' };

async function readBody(req: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(res: ServerResponse, answer: Answer, now: number): void {
  const { cut, hangs } = answer.delivery ?? {};
  if (hangs) return;
  if (cut === 'connection') {
    res.socket?.destroy();
    return;
  }
  const body = Buffer.from(answer.body);
  const hasBody = answer.status !== 204 && answer.status !== 304;
  res.writeHead(answer.status, {
    date: new Date(now).toUTCString(),
    ...(hasBody && { 'content-length': String(body.length) }),
    ...answer.headers,
  });
  if (cut === 'body') {
    res.write(body.subarray(0, Math.floor(body.length / 2)), () => res.socket?.destroy());
    return;
  }
  res.end(hasBody ? body : undefined);
}
