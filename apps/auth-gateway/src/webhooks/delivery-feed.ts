import {
  webhookEvents,
  type EventContract,
  type Mode,
  type PayloadOf,
  type Principal,
} from '@musicgen/platform-contracts';
import { EventConsumer, JobQueue, newCall, newId, type Settling } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { DeliveriesStore } from './deliveries.store';
import { WebhooksStore } from './webhooks.store';

/** Of one user's deliveries, so many at once: an endpoint that hangs holds up nobody else's. */
const perUser = 4;

/** What every event that a webhook can have says. */
interface UserEvent extends Record<string, unknown> {
  user_id: string;
  mode?: Mode;
  generation_id?: string;
}

/** Turns events into deliveries, each in the transaction that notes the event as seen. */
@Injectable()
export class DeliveryFeed {
  constructor(
    private readonly events: EventConsumer,
    private readonly queue: JobQueue,
    private readonly webhooks: WebhooksStore,
    private readonly deliveries: DeliveriesStore,
  ) {}

  start(): void {
    for (const [type, contract] of webhookEvents) {
      this.events.subscribe(contract, (tx, payload, eventId) => this.feed(tx, { type, payload, eventId }));
    }
  }

  private async feed(
    tx: Settling['tx'],
    { type, payload, eventId }: { type: string; payload: PayloadOf<EventContract>; eventId: string },
  ): Promise<() => void> {
    const { user_id: userId, mode, ...data } = payload as UserEvent;
    const jobs: string[] = [];
    // What is of no mode, a user's deletion, say, is nothing that an endpoint of one mode could be told.
    const wanted = mode ? await this.webhooks.listFor(tx, { userId, mode }, type, data.generation_id) : [];
    for (const { id: webhookId, url, mode } of wanted) {
      const now = new Date();
      const id = newId('dlv');
      const row = { id, webhookId, userId, mode, eventId, event: type, url, createdAt: now, attempts: [] };
      const body = { type, timestamp: now.toISOString(), data: { ...data, mode } };
      if (!(await this.deliveries.insert(tx, { ...row, body, status: 'pending' }))) continue;
      const { requestId, traceparent } = newCall();
      const job = { resourceId: id, userId, mode, requestId, traceparent, concurrency: perUser };
      jobs.push(await this.queue.enqueue(tx, { ...job, principal: nobody(userId, mode) }));
    }
    return () => jobs.forEach((job) => this.queue.announce(job));
  }
}

/** A delivery asks no service for anything: it has no rights. */
const nobody = (userId: string, mode: Mode): Principal => ({
  user_id: userId,
  mode,
  method: 'password',
  tier: 'free',
  role: 'user',
  permissions: [],
  origin: 'job',
});
