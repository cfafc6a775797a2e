import type { EventContract, PayloadOf, ServiceName } from '@musicgen/platform-contracts';
import { headers as natsHeaders } from 'nats';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { newId } from '../ids';
import type { Logger } from '../logging/logger';
import type { NatsLink } from '../nats/nats-link';
import { Pump } from '../jobs/pump';
import { isDatabaseAway } from '../rpc/as-app-error';
import type { Call } from '../rpc/call';

/** Tables of a service that publishes durable events; to be called from one of its migrations. */
export async function createOutbox(query: QueryRunner): Promise<void> {
  await query.query(`
    CREATE TABLE outbox (
      id text CONSTRAINT outbox_pkey PRIMARY KEY,
      subject text NOT NULL,
      payload jsonb NOT NULL,
      traceparent text,
      created_at timestamptz NOT NULL DEFAULT now()
    )`);
}

/** Adds an event to the transaction that causes it. */
export type Emit = <E extends EventContract>(event: E, payload: PayloadOf<E>, call?: Call) => Promise<void>;

interface OutboxRow {
  id: string;
  subject: string;
  payload: unknown;
  traceparent: string | null;
}

const batchSize = 100;

/**
 * Durable events leave through a table, in the transaction of the change they tell of, and from there to JetStream:
 * a crash in between neither loses an event nor tells of a change that was rolled back.
 */
export class Outbox {
  private readonly pump: Pump;

  constructor(
    private readonly dataSource: DataSource,
    private readonly link: NatsLink,
    private readonly service: ServiceName,
    private readonly logger: Logger,
  ) {
    this.pump = new Pump(() => this.relay(), 1_000);
  }

  /** Runs a transaction whose events are sent once it is committed. */
  async transaction<T>(work: (tx: EntityManager, emit: Emit) => Promise<T>): Promise<T> {
    let hasEvents = false;
    const result = await this.dataSource.transaction((tx) =>
      work(tx, async (event, payload, call) => {
        hasEvents = true;
        await this.add(tx, event, payload, call);
      }),
    );
    if (hasEvents) this.pump.wake();
    return result;
  }

  start(): void {
    this.pump.start();
  }

  async stop(): Promise<void> {
    await this.pump.stop();
  }

  private async add(tx: EntityManager, event: EventContract, payload: unknown, call?: Call): Promise<void> {
    if (event.owner !== this.service || event.live) throw new Error(`${event.subject} is no durable event of ours`);
    await tx.query('INSERT INTO outbox (id, subject, payload, traceparent) VALUES ($1, $2, $3, $4)', [
      newId('evt'),
      event.subject,
      JSON.stringify(event.payload.parse(payload)),
      call?.traceparent ?? null,
    ]);
  }

  /** Sends one batch; true when there may be more. Rows go only after JetStream has acknowledged them. */
  private async relay(): Promise<boolean> {
    if (!this.link.isUp || !this.dataSource.isInitialized) return false;
    try {
      return await this.dataSource.transaction(async (tx) => {
        const rows: OutboxRow[] = await tx.query(
          `SELECT id, subject, payload, traceparent FROM outbox ORDER BY id LIMIT ${batchSize} FOR UPDATE SKIP LOCKED`,
        );
        if (rows.length === 0) return false;
        await Promise.all(rows.map((row) => this.publish(row)));
        await tx.query('DELETE FROM outbox WHERE id = ANY($1)', [rows.map((row) => row.id)]);
        return rows.length === batchSize;
      });
    } catch (error) {
      if (!isDatabaseAway(error)) this.logger.warn({ err: error }, 'events wait in the outbox');
      return false;
    }
  }

  private async publish({ id, subject, payload, traceparent }: OutboxRow): Promise<void> {
    const headers = natsHeaders();
    if (traceparent) headers.set('traceparent', traceparent);
    const jetstream = this.link.connection.jetstream({ timeout: 3_000 });
    await jetstream.publish(subject, new TextEncoder().encode(JSON.stringify(payload)), { msgID: id, headers });
  }
}
