import type { FastifyReply } from 'fastify';
import { ServerResponse, type IncomingMessage } from 'node:http';

declare module 'node:http' {
  interface OutgoingMessage {
    /** What `writeHead` ends in, in every version of Node: the start line, and the headers that come after it. */
    _storeHeader(startLine: string, headers?: object): void;
  }
}

/** Header lines, each with its end: of names and values that are ours, and need no check. */
export const headerLines = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');

/** Headers of every answer that has no other value for them. */
export class DefaultHeaders {
  readonly #lines: readonly (readonly [name: string, line: string])[];
  readonly #all: string;

  constructor(readonly headers: Readonly<Record<string, string>>) {
    this.#lines = Object.entries(headers).map(([name, value]) => [name, headerLines({ [name]: value })]);
    this.#all = headerLines(headers);
  }

  /** The lines that an answer with these headers, named in small letters, lacks. */
  linesBeside(own: object): string {
    let lines = this.#all;
    for (const [name, line] of this.#lines) if (name in own) lines = lines.replace(line, '');
    return lines;
  }
}

/**
 * Node's response, with the lines that all answers have. Node checks and joins each header of each answer anew: for these,
 * eleven and always well formed, that took as long as it takes to verify a key.
 */
export class GatewayResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  defaults: DefaultHeaders | null = null;
  requestId = '';
  /** The lines of `RateLimitFields`; empty: nobody was counted yet. */
  limits = '';

  override _storeHeader(startLine: string, headers: object = {}): void {
    const id = this.requestId && `x-request-id: ${this.requestId}\r\n`;
    super._storeHeader(startLine + (this.defaults?.linesBeside(headers) ?? '') + id + this.limits, headers);
  }
}

export const responseOf = (reply: FastifyReply): GatewayResponse => reply.raw as unknown as GatewayResponse;
