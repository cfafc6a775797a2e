import type { EventContract, PayloadOf, ServiceName } from '@musicgen/platform-contracts';
import type { Msg } from 'nats';
import type { Logger } from '../logging/logger';
import type { NatsLink } from '../nats/nats-link';

/** Live events over core NATS: every replica of every subscriber gets them, unless it misses them. Nothing may depend on them alone. */
export class LiveEvents {
  constructor(
    private readonly link: NatsLink,
    private readonly service: ServiceName,
    private readonly logger: Logger,
  ) {}

  /** Sends without waiting; while nats-server is away the event is missed. */
  publish<E extends EventContract>(event: E, payload: PayloadOf<E>): void {
    if (event.owner !== this.service || !event.live) throw new Error(`${event.subject} is no live event of ours`);
    if (!this.link.isUp) return;
    this.link.connection.publish(event.subject, new TextEncoder().encode(JSON.stringify(payload)));
  }

  /** From the first connection on, until the service ends. */
  subscribe<E extends EventContract>(event: E, handler: (payload: PayloadOf<E>) => void): void {
    const callback = (error: Error | null, message: Msg) => {
      const payload = error ? undefined : event.payload.safeParse(parse(message.data));
      if (payload?.success) handler(payload.data as PayloadOf<E>);
      else this.logger.warn({ subject: event.subject, err: error ?? payload?.error }, 'a live event could not be read');
    };
    void this.link.connected.then((connection) => connection.subscribe(event.subject, { callback }));
  }
}

function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
}
