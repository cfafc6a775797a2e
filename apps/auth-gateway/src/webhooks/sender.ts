import { version } from '@musicgen/service-kit';
import type { OnApplicationShutdown } from '@nestjs/common';
import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { Agent, buildConnector, request } from 'undici';
import { compileAddressList, type AddressMatcher } from '../api-keys/address-list';
import { isReachable } from './reachable';

const connectWithinMs = 5_000;
const answerWithinMs = 15_000;
const keptBodyBytes = 2_048;

/** What became of one try. `problem` is null for a delivery that counts: an answer 2xx. */
export interface Sent {
  status: number | null;
  /** How the answer began. */
  body: string | null;
  problem: string | null;
}

type Answered = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;
/** As `dns.lookup`, asked for all addresses. */
export type Lookup = (
  host: string,
  options: LookupOptions & { all: true },
  answered: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

class ForbiddenAddressError extends Error {
  readonly code = 'FORBIDDEN_ADDRESS';
}

const problems: Record<string, string> = {
  FORBIDDEN_ADDRESS: 'the name stands for no address that may be sent to',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  TimeoutError: 'no answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'no answer in time',
};

/**
 * Sends to addresses that users name. What a name stands for is checked where the connection is made, not before: the
 * socket gets no other address than one that was looked at. Redirects are answers like any other, and not followed.
 */
export class Sender implements OnApplicationShutdown {
  private readonly ownNetwork: AddressMatcher;
  private readonly agent: Agent;

  constructor(
    ownNetworks: readonly string[],
    private readonly lookup: Lookup = dnsLookup,
  ) {
    this.ownNetwork = compileAddressList(ownNetworks);
    const connectors = { 'https:': this.connector('https:'), 'http:': this.connector('http:') };
    this.agent = new Agent({
      // One request a connection: each address is looked at anew.
      pipelining: 0,
      connect: (options, callback) => connectors[options.protocol as 'http:' | 'https:'](options, callback),
    });
  }

  async post(url: string, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<Sent> {
    try {
      const answer = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': `musicgen-webhooks/${version}`, ...headers },
        body,
        dispatcher: this.agent,
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
      });
      const { statusCode: status } = answer;
      const kept = await beginningOf(answer.body);
      const isDelivered = status >= 200 && status < 300;
      return { status, body: kept, problem: isDelivered ? null : refusal(status) };
    } catch (error) {
      signal.throwIfAborted();
      return { status: null, body: null, problem: problemOf(error) };
    }
  }

  onApplicationShutdown(): Promise<void> {
    return this.agent.destroy();
  }

  private connector(protocol: string): buildConnector.connector {
    const mayReach = (address: string) => isReachable(address, protocol, this.ownNetwork);
    const lookup = (host: string, options: LookupOptions, answered: Answered) =>
      this.lookup(host, { ...options, all: true }, (error, addresses) => {
        const allowed = error ? [] : addresses.filter(({ address }) => mayReach(address));
        const first = allowed[0];
        if (!first) return answered(error ?? new ForbiddenAddressError(), []);
        return options.all ? answered(null, allowed) : answered(null, first.address, first.family);
      });
    const connect = buildConnector({ timeout: connectWithinMs, lookup } as buildConnector.BuildOptions);
    return (options, callback) => {
      // A literal address is not looked up.
      const literal = options.hostname.replace(/^\[|\]$/g, '');
      if (isIP(literal) !== 0 && !mayReach(literal)) return callback(new ForbiddenAddressError(), null);
      return connect(options, callback);
    };
  }
}

/** Enough to show; the rest is not even waited for. */
async function beginningOf(body: AsyncIterable<Buffer>): Promise<string> {
  let kept = Buffer.alloc(0);
  for await (const piece of body) {
    kept = Buffer.concat([kept, piece]).subarray(0, keptBodyBytes);
    if (kept.length === keptBodyBytes) break;
  }
  // Postgres keeps no NUL in text.
  return kept.toString('utf8').replaceAll('\0', '');
}

const refusal = (status: number) =>
  status >= 300 && status < 400 ? 'redirects are not followed' : `the answer was ${status}`;

function problemOf(error: unknown): string {
  const { code, name, cause } = error as { code?: string; name?: string; cause?: { code?: string } };
  const known = problems[code ?? ''] ?? problems[cause?.code ?? ''] ?? problems[name ?? ''];
  if (known) return known;
  return /CERT|TLS|SSL|SELF_SIGNED|ALTNAME/.test(`${code} ${cause?.code}`)
    ? 'the certificate is not good'
    : 'there was no answer';
}
