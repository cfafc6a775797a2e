import { apiKeyRevoked, consumerName, credentialDeleted, type PayloadOf } from '@musicgen/platform-contracts';
import { silentLogger, startTestNats, testDatabase, until, type TestDatabase, type TestNats } from '@musicgen/testing';
import { headers as natsHeaders, nanos } from 'nats';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { newId } from '../ids';
import type { NatsLink } from '../nats/nats-link';
import { createEventTables, EventConsumer, eventStream } from './event-consumer';
import { createOutbox, Outbox } from './outbox';

class CreateOutbox1700000000000 implements MigrationInterface {
  name = 'CreateOutbox1700000000000';
  up = (query: QueryRunner) => createOutbox(query);
  down = async () => {};
}
class CreateEventTables1700000000000 implements MigrationInterface {
  name = 'CreateEventTables1700000000000';
  async up(query: QueryRunner) {
    await createEventTables(query);
    await query.query('CREATE TABLE effects (key_id text NOT NULL)');
  }
  down = async () => {};
}

let nats: TestNats;
let authDatabase: TestDatabase;
let musicgenDatabase: TestDatabase;
let auth: NatsLink;
let musicgen: NatsLink;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  authDatabase = await testDatabase({ service: 'auth', entities: [], migrations: [CreateOutbox1700000000000] });
  musicgenDatabase = await testDatabase({
    service: 'musicgen',
    entities: [],
    migrations: [CreateEventTables1700000000000],
  });
});
afterAll(() => Promise.all([authDatabase.drop(), musicgenDatabase.drop()]));
beforeEach(async () => {
  nats = await startTestNats();
  [auth, musicgen] = await Promise.all([nats.connect('auth'), nats.connect('musicgen')]);
  await authDatabase.dataSource.query('DELETE FROM outbox');
  await rows('DELETE FROM effects; DELETE FROM seen_events; DELETE FROM dead_events');
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await nats.close();
});

const payload = () => ({ key_id: newId('key'), user_id: newId('user'), mode: 'live' as const });

function startOutbox(link = auth): Outbox {
  const outbox = new Outbox(authDatabase.dataSource, link, 'auth', silentLogger);
  outbox.start();
  stops.push(() => outbox.stop());
  return outbox;
}
const emit = (outbox: Outbox, event = payload()) => outbox.transaction((_, tell) => tell(apiKeyRevoked, event));
const waiting = async () => (await authDatabase.dataSource.query('SELECT id FROM outbox')).length as number;

type Handle = (event: PayloadOf<typeof apiKeyRevoked>) => void;

/** A replica of musicgen: writes down what it is told, in the same transaction, unless the handler throws. */
function startConsumer(handle: Handle = () => {}, delayMs: () => number = () => 1): EventConsumer {
  const consumer = new EventConsumer(musicgenDatabase.dataSource, musicgen, 'musicgen', silentLogger, delayMs);
  consumer.subscribe(apiKeyRevoked, async (tx, event) => {
    await tx.query('INSERT INTO effects (key_id) VALUES ($1)', [event.key_id]);
    handle(event);
  });
  stops.push(() => consumer.stop());
  return consumer;
}
const rows = (sql: string) => musicgenDatabase.dataSource.query(sql) as Promise<Record<string, string>[]>;
const effects = async () => (await rows('SELECT key_id FROM effects')).map((row) => row.key_id);
const manager = async () => (await nats.connect('admin')).connection.jetstreamManager({ checkAPI: false });
const stored = async () => (await (await manager()).streams.info(eventStream)).state.messages;
const unacknowledged = async () => {
  const info = await (await manager()).consumers.info(eventStream, consumerName('musicgen', apiKeyRevoked));
  return info.num_ack_pending + info.num_pending;
};

it('brings an event from a committed transaction to its subscriber, and leaves the outbox empty', async () => {
  startConsumer();
  const event = payload();
  await emit(startOutbox(), event);
  expect(await until(async () => (await effects()).length && effects())).toEqual([event.key_id]);
  await until(async () => (await waiting()) === 0);
  await until(async () => (await unacknowledged()) === 0);
});

it('tells nothing of a transaction that was rolled back', async () => {
  const outbox = startOutbox();
  const work = outbox.transaction(async (_, tell) => {
    await tell(apiKeyRevoked, payload());
    throw new Error('no');
  });
  await expect(work).rejects.toThrow('no');
  await emit(outbox);
  await until(async () => (await waiting()) === 0);
  expect(await stored()).toBe(1);
});

it('keeps events in the outbox while nats-server is away, and sends them when it is back', async () => {
  startConsumer();
  const outbox = startOutbox();
  await nats.stop();
  await until(() => !auth.isUp && !musicgen.isUp);
  const event = payload();
  await emit(outbox, event);
  expect(await waiting()).toBe(1);
  await nats.start();
  await until(async () => (await effects()).length === 1);
  expect(await effects()).toEqual([event.key_id]);
});

it('is told once, though the relay crashed between publishing and deleting', async () => {
  startConsumer();
  let published = 0;
  const crashing = {
    isUp: true,
    connection: {
      jetstream: () => ({
        async publish(...args: Parameters<ReturnType<NatsLink['connection']['jetstream']>['publish']>) {
          await auth.connection.jetstream().publish(...args);
          published += 1;
          throw new Error('killed before the DELETE');
        },
      }),
    },
  } as unknown as NatsLink;
  await emit(startOutbox(crashing));
  await until(() => published > 0);
  await stops.pop()!();
  expect(await waiting()).toBe(1);
  startOutbox();
  await until(async () => (await waiting()) === 0);
  await until(async () => (await unacknowledged()) === 0);
  expect(await stored()).toBe(1);
  expect(await effects()).toHaveLength(1);
});

it('is handled once by its id, though JetStream delivers it twice and two replicas read', async () => {
  startConsumer();
  startConsumer();
  const { config } = await (await manager()).streams.info(eventStream);
  await (await manager()).streams.update(eventStream, { ...config, duplicate_window: nanos(100) });
  const jetstream = auth.connection.jetstream();
  const data = Buffer.from(JSON.stringify(payload()));
  const send = () => jetstream.publish(apiKeyRevoked.subject, data, { msgID: 'evt_1', headers: natsHeaders() });
  await send();
  await until(async () => !(await send()).duplicate, 'the server to have forgotten the id');
  await until(async () => (await unacknowledged()) === 0);
  expect(await stored()).toBeGreaterThanOrEqual(2);
  expect(await effects()).toHaveLength(1);
});

it('is tried again after a failure, and nothing of the failed attempt remains', async () => {
  let attempts = 0;
  startConsumer(() => {
    attempts += 1;
    if (attempts < 3) throw new Error('not yet');
  });
  await emit(startOutbox());
  await until(async () => (await unacknowledged()) === 0 && attempts > 0);
  expect(attempts).toBe(3);
  expect(await effects()).toHaveLength(1);
  expect(await rows('SELECT * FROM dead_events')).toEqual([]);
});

it('is set aside after the tenth failure, with what was wrong, and is delivered no more', async () => {
  let attempts = 0;
  startConsumer(() => {
    attempts += 1;
    throw new Error(`attempt ${attempts}`);
  });
  const event = payload();
  await emit(startOutbox(), event);
  await until(async () => (await rows('SELECT * FROM dead_events')).length > 0);
  await until(async () => (await unacknowledged()) === 0);
  expect(attempts).toBe(10);
  const [dead] = await rows('SELECT * FROM dead_events');
  expect(dead).toMatchObject({ subject: apiKeyRevoked.subject, problem: 'attempt 10' });
  expect(JSON.parse(dead!.payload!)).toEqual(event);
  expect(await effects()).toEqual([]);
});

it('waits its delay after a failure and lets others pass', async () => {
  const seen: string[] = [];
  const bad = payload();
  startConsumer(
    (event) => {
      seen.push(event.key_id);
      if (event.key_id === bad.key_id) throw new Error('bad');
    },
    () => 60_000.12345678,
  );
  const outbox = startOutbox();
  await emit(outbox, bad);
  await until(() => seen.length === 1);
  const good = payload();
  await emit(outbox, good);
  await until(async () => (await effects()).length === 1);
  expect(seen).toEqual([bad.key_id, good.key_id]);
});

it('is set aside when its payload is not what the contract says', async () => {
  startConsumer();
  await auth.connection.jetstream().publish(apiKeyRevoked.subject, Buffer.from('{"key_id":7}'));
  await until(async () => (await rows('SELECT * FROM dead_events')).length === 1);
  expect(await effects()).toEqual([]);
});

it('ends the event in hand when the consumer stops, and leaves the others to whoever comes next', async () => {
  const outbox = startOutbox();
  const events = [payload(), payload(), payload()];
  for (const event of events) await emit(outbox, event);
  await until(async () => (await stored()) === 3);
  const stopped: Promise<void>[] = [];
  const first = startConsumer(() => void stopped.push(first.stop()));
  await until(() => stopped.length > 0);
  await Promise.all(stopped);
  expect(await effects()).toHaveLength(1);
});

it('is refused when it is not the service’s own', async () => {
  const outbox = startOutbox();
  const foreign = { credential_id: newId('cred'), user_id: newId('user'), platform: 'spotify', mode: 'live' as const };
  await expect(outbox.transaction((_, tell) => tell(credentialDeleted, foreign))).rejects.toThrow(
    'no durable event of ours',
  );
  expect(() => startConsumer().subscribe(credentialDeleted, async () => {})).toThrow('does not subscribe');
});
