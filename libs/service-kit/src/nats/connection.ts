import type { ServiceName } from '@musicgen/platform-contracts';
import { connect, nkeyAuthenticator, type NatsConnection } from 'nats';

/** The private inbox of a service: whoever may read `_INBOX.>` reads everybody's answers. */
export const inboxPrefix = (service: string): string => `_INBOX_${service}`;

/**
 * Connects as one service. Settles with the first connection, however long that takes, and from then on connects again
 * for ever: a service starts and stays up while nats-server is away, and its calls fail at once meanwhile.
 */
export const connectNats = (options: {
  service: ServiceName | 'admin';
  url: string;
  nkeySeed: string;
  tls?: boolean;
}): Promise<NatsConnection> =>
  connect({
    servers: options.url,
    name: options.service,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(options.nkeySeed)),
    inboxPrefix: inboxPrefix(options.service),
    tls: options.tls ? {} : undefined,
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    // A server that does not know us may be one that has not been given its users yet.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    pingInterval: 5_000,
    maxPingOut: 2,
    // A stack trace per request costs a third of the throughput.
    noAsyncTraces: true,
  });
