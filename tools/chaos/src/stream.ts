import type { World } from './world';

const stream = 'EVENTS';

/** An event of the durable stream. */
export interface StreamedEvent {
  id: string;
  subject: string;
  payload: Record<string, unknown>;
}

/** Every message of the durable stream, in its order. */
export async function readStream(world: World): Promise<StreamedEvent[]> {
  const { connection } = await world.link('admin');
  const manager = await connection.jetstreamManager();
  const { state } = await manager.streams.info(stream);
  const events: StreamedEvent[] = [];
  for (let seq = state.first_seq; state.messages > 0 && seq <= state.last_seq; seq++) {
    const message = await manager.streams.getMessage(stream, { seq });
    events.push({ id: message.header.get('Nats-Msg-Id'), subject: message.subject, payload: message.json() });
  }
  return events;
}
