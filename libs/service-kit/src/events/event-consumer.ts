import { consumerName, type EventContract, type PayloadOf, type ServiceName } from '@musicgen/platform-contracts';
import type { ConsumerMessages, JsMsg } from 'nats';
import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { Logger } from '../logging/logger';
import type { NatsLink } from '../nats/nats-link';

/** The stream that keeps all durable events. Made by the init step; services may only read through their consumers. */
export const eventStream = 'EVENTS';

const deliveriesMax = 10;

const retryAfterMs = (deliveries: number) => Math.min(1_000 * 2 ** deliveries, 60_000) * (0.5 + Math.random());

/** Tables of a service that subscribes to durable events; to be called from one of its migrations. */
export async function createEventTables(query: QueryRunner): Promise<void> {
  await query.query(`
    CREATE TABLE seen_events (
      event_id text NOT NULL,
      consumer text NOT NULL,
      seen_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT seen_events_pkey PRIMARY KEY (event_id, consumer)
    )`);
  await query.query(`
    CREATE TABLE dead_events (
      event_id text NOT NULL,
      consumer text NOT NULL,
      subject text NOT NULL,
      payload text NOT NULL,
      problem text NOT NULL,
      died_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT dead_events_pkey PRIMARY KEY (event_id, consumer)
    )`);
}

/** What a subscriber does with an event, in the transaction that also notes the event as seen; and, if it wants, behind it. */
export type EventHandler<E extends EventContract> = (
  tx: EntityManager,
  payload: PayloadOf<E>,
  eventId: string,
) => Promise<void | (() => void)>;

/** Reads durable events: each is handled once, acknowledged after the commit, and set aside after ten failures. */
export class EventConsumer {
  private readonly open = new Set<ConsumerMessages>();
  private readonly loops: Promise<void>[] = [];
  private readonly stopping = new AbortController();

  constructor(
    private readonly dataSource: DataSource,
    private readonly link: NatsLink,
    private readonly service: ServiceName,
    private readonly logger: Logger,
    private readonly delayMs = retryAfterMs,
  ) {
    // One for each event that is read: no leak.
    setMaxListeners(0, this.stopping.signal);
  }

  subscribe<E extends EventContract>(event: E, handler: EventHandler<E>): void {
    if (!event.subscribers.includes(this.service))
      throw new Error(`${this.service} does not subscribe to ${event.subject}`);
    this.loops.push(this.readForever(event, handler as EventHandler<EventContract>));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    for (const messages of this.open) messages.stop();
    await Promise.all(this.loops);
  }

  private async readForever(event: EventContract, handler: EventHandler<EventContract>): Promise<void> {
    const name = consumerName(this.service, event);
    while (!this.stopping.signal.aborted) {
      try {
        await this.read(name, event, handler);
      } catch (error) {
        this.logger.warn({ consumer: name, problem: (error as Error).message }, 'events cannot be read; trying again');
      }
      await wait(500, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async read(name: string, event: EventContract, handler: EventHandler<EventContract>): Promise<void> {
    if (!this.link.isUp || !this.dataSource.isInitialized) return;
    const consumer = await this.link.connection.jetstream({ checkAPI: false }).consumers.get(eventStream, name);
    const messages = await consumer.consume({ max_messages: 50, expires: 10_000 });
    if (this.stopping.signal.aborted) return messages.stop();
    this.open.add(messages);
    try {
      for await (const message of messages) {
        await this.receive(name, event, handler, message);
        // What is fetched and not begun is delivered again, to us or to another replica.
        if (this.stopping.signal.aborted) break;
      }
    } finally {
      this.open.delete(messages);
    }
  }

  private async receive(
    consumer: string,
    event: EventContract,
    handler: EventHandler<EventContract>,
    message: JsMsg,
  ): Promise<void> {
    const id = message.headers?.get('Nats-Msg-Id') || `${message.info.stream}-${message.seq}`;
    let afterwards: (() => void) | undefined;
    try {
      await this.dataSource.transaction(async (tx) => {
        const isNew = await tx.query(
          'INSERT INTO seen_events (event_id, consumer) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING event_id',
          [id, consumer],
        );
        if (isNew.length > 0) afterwards = (await handler(tx, event.payload.parse(message.json()), id)) ?? undefined;
      });
    } catch (error) {
      return this.refuse(consumer, id, message, error as Error);
    }
    afterwards?.();
    await message.ackAck();
  }

  private async refuse(consumer: string, id: string, message: JsMsg, error: Error): Promise<void> {
    const deliveries = message.info.redeliveryCount;
    this.logger.warn({ consumer, event_id: id, deliveries, err: error }, 'an event could not be handled');
    // Whole milliseconds: the server takes a delay that is no whole number of nanoseconds for none at all.
    if (deliveries < deliveriesMax) return message.nak(Math.round(this.delayMs(deliveries)));
    await this.dataSource.query(
      `INSERT INTO dead_events (event_id, consumer, subject, payload, problem)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [id, consumer, message.subject, message.string(), error.message],
    );
    message.term();
  }
}
