import {
  consumerName,
  eventContracts,
  issueToken,
  platforms,
  rpcContracts,
  serviceNames,
  type EventContract,
  type ServiceName,
} from '@musicgen/platform-contracts';
import { startTestNats, testSecrets, type TestNats } from '@musicgen/testing';
import net from 'node:net';
import { createUser, fromSeed } from 'nkeys.js';
import { permissionsOf } from './nats-permissions';

/** Speaks NATS by hand, so that what is observed is what the server says and not what a library makes of it. */
class RawClient {
  private text = '';
  private heard?: () => void;

  private constructor(private readonly socket: net.Socket) {
    socket.setEncoding('latin1');
    socket.on('data', (data: string) => {
      this.text += data;
      this.heard?.();
    });
  }

  static async open(url: string, seed: string): Promise<RawClient> {
    const client = new RawClient(net.connect(Number(new URL(url).port), '127.0.0.1'));
    const info = JSON.parse((await client.until(/INFO (.*)\r\n/))[1]!) as { nonce: string };
    const key = fromSeed(Buffer.from(seed));
    const sig = Buffer.from(key.sign(Buffer.from(info.nonce))).toString('base64url');
    const connect = { nkey: key.getPublicKey(), sig, verbose: false, protocol: 1, headers: true, no_responders: true };
    await client.say(`CONNECT ${JSON.stringify(connect)}\r\n`);
    return client;
  }

  /** What the server answers to some lines. */
  async say(lines: string): Promise<string> {
    this.text = '';
    this.socket.write(`${lines}PING\r\n`);
    return (await this.until(/^([\s\S]*)PONG\r\n/))[1]!;
  }

  async mayPublish(subject: string): Promise<boolean> {
    return !(await this.say(`PUB ${subject} 0\r\n\r\n`)).includes('Permissions Violation for Publish');
  }

  async maySubscribe(subject: string, queue = ''): Promise<boolean> {
    const answer = await this.say(`SUB ${subject} ${queue} 7\r\n`);
    await this.say('UNSUB 7\r\n');
    return !answer.includes('Permissions Violation for Subscription');
  }

  end() {
    this.socket.destroy();
  }

  private async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.text);
      if (match) return match;
      if (this.text.includes('Authorization Violation')) throw new Error('Authorization Violation');
      await new Promise<void>((resolve) => (this.heard = resolve));
    }
  }
}

let nats: TestNats;
const clients = {} as Record<ServiceName, RawClient>;

beforeAll(async () => {
  nats = await startTestNats();
  const { services } = await testSecrets();
  for (const service of serviceNames) clients[service] = await RawClient.open(nats.url, services[service].nkeySeed);
});
afterAll(async () => {
  for (const client of Object.values(clients)) client.end();
  await nats.close();
});

const durable = eventContracts.filter((event) => !event.live);
const consumers = durable.flatMap((event) => event.subscribers.map((subscriber) => ({ subscriber, event })));
const consumerSubjects = (subscriber: ServiceName, event: EventContract) => {
  const name = consumerName(subscriber, event);
  return [
    `$JS.API.CONSUMER.INFO.EVENTS.${name}`,
    `$JS.API.CONSUMER.MSG.NEXT.EVENTS.${name}`,
    `$JS.ACK.EVENTS.${name}.1.1.1.1700000000000000000.0`,
  ];
};

/** Subjects that no service may publish to, whatever the contracts say. */
const nobodyPublishes = [
  '$JS.API.INFO',
  '$JS.API.STREAM.NAMES',
  '$JS.API.STREAM.INFO.EVENTS',
  '$JS.API.STREAM.CREATE.EVENTS',
  '$JS.API.STREAM.CREATE.OTHER',
  '$JS.API.STREAM.UPDATE.EVENTS',
  '$JS.API.STREAM.DELETE.EVENTS',
  '$JS.API.STREAM.PURGE.EVENTS',
  '$JS.API.STREAM.MSG.GET.EVENTS',
  '$JS.API.STREAM.MSG.DELETE.EVENTS',
  '$JS.API.DIRECT.GET.EVENTS',
  '$JS.API.CONSUMER.LIST.EVENTS',
  '$JS.API.CONSUMER.CREATE.EVENTS',
  '$JS.API.CONSUMER.CREATE.EVENTS.mine',
  '$JS.API.CONSUMER.DURABLE.CREATE.EVENTS.mine',
  '$JS.API.CONSUMER.INFO.EVENTS.mine',
  '$JS.API.CONSUMER.MSG.NEXT.EVENTS.mine',
  ...consumers.map(({ subscriber, event }) => `$JS.API.CONSUMER.DELETE.EVENTS.${consumerName(subscriber, event)}`),
  '$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.EVENTS.mine',
  '$SYS.REQ.SERVER.PING',
  '$SYS.REQ.ACCOUNT.PING.CONNZ',
  '_INBOX.any',
  ...serviceNames.map((service) => `_INBOX_${service}.any`),
  '_INBOX_admin.any',
  ...serviceNames.flatMap((service) => [`${service}.v1.nothing.get`, `${service}.v1.event.nothing.happened`]),
  'vault.v2.credential.get',
  'anything',
];

/** Subjects that no service may subscribe to. */
const nobodySubscribes = [
  '>',
  '*',
  '*.>',
  '*.v1.event.>',
  '$JS.>',
  '$JS.API.>',
  '$JS.ACK.>',
  '$SYS.>',
  '_INBOX.>',
  '_INBOX.any',
  '_INBOX_admin.>',
  ...serviceNames.flatMap((service) => [`${service}.>`, `${service}.v1.>`, `${service}.v1.event.>`]),
];

describe.each(serviceNames)('the NATS user %s', (service) => {
  const table = async (subjects: readonly string[], ask: (subject: string) => Promise<boolean>) => {
    const answers: Record<string, boolean> = {};
    for (const subject of subjects) answers[subject] = await ask(subject);
    return answers;
  };
  const publish = (subject: string) => clients[service].mayPublish(subject);

  it('may ask exactly the contracts that name it as a caller', async () => {
    const expected = Object.fromEntries(rpcContracts.map((rpc) => [rpc.subject, rpc.callers.includes(service)]));
    expect(await table(Object.keys(expected), publish)).toEqual(expected);
  });

  it('may tell exactly the events that it owns', async () => {
    const expected = Object.fromEntries(eventContracts.map((event) => [event.subject, event.owner === service]));
    expect(await table(Object.keys(expected), publish)).toEqual(expected);
  });

  it('may read and acknowledge through its own consumers only', async () => {
    const expected = Object.fromEntries(
      consumers.flatMap(({ subscriber, event }) =>
        consumerSubjects(subscriber, event).map((subject) => [subject, subscriber === service]),
      ),
    );
    expect(await table(Object.keys(expected), publish)).toEqual(expected);
  });

  it('may not publish anywhere else: no streams, no consumers, no system, no inboxes', async () => {
    const denied = Object.fromEntries(nobodyPublishes.map((subject) => [subject, false]));
    expect(await table(nobodyPublishes, publish)).toEqual(denied);
  });

  it('may answer exactly the contracts that it owns, and only as a member of its queue group', async () => {
    const client = clients[service];
    for (const { subject, owner } of rpcContracts) {
      expect({ subject, allowed: await client.maySubscribe(subject, service) }).toEqual({
        subject,
        allowed: owner === service,
      });
      for (const queue of ['', 'other', ...serviceNames.filter((name) => name !== service)]) {
        expect({ subject, queue, allowed: await client.maySubscribe(subject, queue) }).toEqual({
          subject,
          queue,
          allowed: false,
        });
      }
    }
  });

  it('may hear exactly the live events that name it as a subscriber', async () => {
    const expected = Object.fromEntries(
      eventContracts.map((event) => [event.subject, event.live && event.subscribers.includes(service)]),
    );
    expect(await table(Object.keys(expected), (subject) => clients[service].maySubscribe(subject))).toEqual(expected);
  });

  it('may listen to its own inbox and to nothing that others hear', async () => {
    const inboxes = Object.fromEntries(
      serviceNames.flatMap((other) =>
        [`_INBOX_${other}.>`, `_INBOX_${other}.any`].map((inbox) => [inbox, other === service]),
      ),
    );
    const expected = { ...inboxes, ...Object.fromEntries(nobodySubscribes.map((subject) => [subject, false])) };
    expect(await table(Object.keys(expected), (subject) => clients[service].maySubscribe(subject))).toEqual(expected);
  });

  it('has no wildcard in what it may publish but that of its acknowledgements', () => {
    const wild = permissionsOf(service).publish.filter((subject) => /[*>]/.test(subject));
    expect(wild.every((subject) => subject.startsWith(`$JS.ACK.EVENTS.${service}-`))).toBe(true);
  });
});

it('lets a connector ask for the tokens of its own platform, and of no other', async () => {
  for (const { id } of Object.values(platforms)) {
    for (const service of serviceNames) {
      const subject = `vault.v1.token.issue.${id}`;
      const isItsConnector = service === id && issueToken.contracts.some((contract) => contract.subject === subject);
      expect({ service, subject, allowed: await clients[service].mayPublish(subject) }).toEqual({
        service,
        subject,
        allowed: isItsConnector,
      });
    }
  }
  expect(await clients.spotify.mayPublish('vault.v1.token.issue.spotify')).toBe(true);
  expect(await clients.spotify.mayPublish('vault.v1.token.issue.*')).toBe(false);
  expect(await clients.vault.maySubscribe('vault.v1.token.issue.*', 'vault')).toBe(false);
});

it('lets a service answer a question once, and never before it was asked', async () => {
  const { auth, vault } = clients;
  const inbox = '_INBOX_auth.any';
  await vault.say('SUB vault.v1.credential.get vault 1\r\n');
  expect(await vault.mayPublish(inbox)).toBe(false);
  await auth.say(`PUB vault.v1.credential.get ${inbox} 0\r\n\r\n`);
  expect(await vault.mayPublish(inbox)).toBe(true);
  expect(await vault.mayPublish(inbox)).toBe(false);
});

it('refuses whose nkey it does not know', async () => {
  const stranger = new TextDecoder().decode(createUser().getSeed());
  await expect(RawClient.open(nats.url, stranger)).rejects.toThrow('Authorization Violation');
});
