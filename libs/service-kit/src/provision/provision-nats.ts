import { consumerName, eventContracts } from '@musicgen/platform-contracts';
import { AckPolicy, DeliverPolicy, nanos, RetentionPolicy, StorageType, type JetStreamManager } from 'nats';
import { eventStream } from '../events/event-consumer';
import { connectNats } from '../nats/connection';

const days = 24 * 3_600_000;

/** Makes, or brings up to date, the stream of events and every subscriber's durable consumer. */
export async function provisionNats(options: {
  url: string;
  adminSeed: string;
  replicas?: number;
  tls?: boolean;
}): Promise<void> {
  const connection = await connectNats({
    service: 'admin',
    url: options.url,
    nkeySeed: options.adminSeed,
    tls: options.tls,
  });
  try {
    const manager = await connection.jetstreamManager({ checkAPI: false });
    await makeStream(manager, options.replicas ?? 1);
    for (const event of eventContracts.filter((contract) => !contract.live)) {
      for (const subscriber of event.subscribers) {
        await manager.consumers.add(eventStream, {
          durable_name: consumerName(subscriber, event),
          filter_subject: event.subject,
          ack_policy: AckPolicy.Explicit,
          ack_wait: nanos(30_000),
          deliver_policy: DeliverPolicy.All,
          max_deliver: -1,
        });
      }
    }
  } finally {
    await connection.close();
  }
}

async function makeStream(manager: JetStreamManager, replicas: number): Promise<void> {
  const config = {
    name: eventStream,
    subjects: eventContracts.filter((event) => !event.live).map((event) => event.subject),
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    max_age: nanos(7 * days),
    // Longer than an outbox row waits in any ordinary outage; beyond it subscribers still see an event once.
    duplicate_window: nanos(3_600_000),
    num_replicas: replicas,
  };
  const exists = await manager.streams.info(eventStream).then(
    () => true,
    () => false,
  );
  await (exists ? manager.streams.update(eventStream, config) : manager.streams.add(config));
}
