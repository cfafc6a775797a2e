import type { AppError } from '@musicgen/error-codes';
import { apiKeyRevoked, createCredential, getCredential } from '@musicgen/platform-contracts';
import { makePrincipal, startTestNats, startTestRpc, until, type TestNats } from '@musicgen/testing';
import { Controller } from '@nestjs/common';
import { headers as natsHeaders, type Msg, type MsgHdrs } from 'nats';
import { eventStream } from '../events/event-consumer';
import { newId } from '../ids';
import type { NatsLink } from '../nats/nats-link';
import { newCall, writeCall } from './call';
import { Rpc } from './rpc.decorator';

const received: unknown[] = [];

@Controller()
class VaultController {
  @Rpc(createCredential)
  create(request: unknown): never {
    received.push(request);
    throw new Error('a malformed message is no request');
  }
}

let nats: TestNats;
let auth: NatsLink;
let server: { close(): Promise<void> };

beforeAll(async () => {
  nats = await startTestNats();
  server = await startTestRpc('vault', await nats.connect('vault'), [VaultController]);
  auth = await nats.connect('auth');
});
afterAll(async () => {
  await server.close();
  await nats.close();
});
afterEach(() => expect(received).toEqual([]));

const good = { id: newId('cred'), platform: 'spotify', fields: {} };
const goodHeaders = (overrides: Record<string, string | undefined> = {}): MsgHdrs => {
  const call = newCall(makePrincipal());
  const headers = writeCall(call, call.deadline);
  for (const [name, value] of Object.entries(overrides)) {
    if (value === undefined) headers.delete(name);
    else headers.set(name, value);
  }
  return headers;
};
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

async function errorFor(data: Uint8Array, headers?: MsgHdrs) {
  const reply: Msg = await auth.connection.request(createCredential.subject, data, { timeout: 60_000, headers });
  const { error } = reply.json<{ error: ReturnType<AppError['toWire']> }>();
  return { code: error.code, paths: (error.data as { fields?: { path: string }[] })?.fields?.map(({ path }) => path) };
}

it.each([
  ['no JSON', Buffer.from('{"id":')],
  ['nothing', Buffer.alloc(0)],
  ['invalid UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
  ['a message that is too long', bytes({ ...good, name: 'x'.repeat(300_000) })],
  ['no object', bytes(7)],
  ['null', bytes(null)],
  ['a list', bytes([good])],
])('names the body in the answer to %s', async (_, data) => {
  expect(await errorFor(data, goodHeaders())).toEqual({ code: 'VALIDATION_FAILED', paths: ['body'] });
});

it.each([
  ['an unknown field', { ...good, extra: 1 }, ['extra']],
  ['a wrong type', { ...good, fields: 'text' }, ['fields']],
  ['missing fields', { fields: {} }, ['id', 'platform']],
  ['a malformed id', { ...good, id: 'cred_1' }, ['id']],
  ['an unknown platform', { ...good, platform: 'napster' }, ['platform']],
  ['several problems at once', { ...good, name: '', activate: 'yes', more: null }, ['name', 'activate', 'more']],
])('names the field in the answer to %s', async (_, body, paths) => {
  const error = await errorFor(bytes(body), goodHeaders());
  expect(error.code).toBe('VALIDATION_FAILED');
  expect(error.paths?.toSorted()).toEqual(paths.toSorted());
});

it.each([
  ['no request id', { 'request-id': undefined }, 'header:request-id'],
  ['a request id that no log should hold', { 'request-id': 'x y"z' }, 'header:request-id'],
  ['no deadline', { deadline: undefined }, 'header:deadline'],
  ['a deadline that is no time', { deadline: 'soon' }, 'header:deadline'],
  ['a principal that is no JSON', { principal: 'root' }, 'header:principal'],
  [
    'a principal with unknown rights',
    { principal: JSON.stringify({ ...makePrincipal(), permissions: ['all'] }) },
    'header:principal',
  ],
  [
    'a principal with more than is known',
    { principal: JSON.stringify({ ...makePrincipal(), is_root: true }) },
    'header:principal',
  ],
])('names the header in the answer to %s', async (_, overrides, path) => {
  expect(await errorFor(bytes(good), goodHeaders(overrides))).toEqual({ code: 'VALIDATION_FAILED', paths: [path] });
});

it('answers a message without headers, and one with empty ones', async () => {
  for (const headers of [undefined, natsHeaders()]) {
    expect(await errorFor(bytes(good), headers)).toEqual({ code: 'VALIDATION_FAILED', paths: ['header:request-id'] });
  }
});

it('takes nothing from the messages that came before and behind it', async () => {
  const answers = [goodHeaders(), undefined, goodHeaders(), natsHeaders(), goodHeaders()].map((headers) =>
    errorFor(bytes({ ...good, id: 'cred_1' }), headers),
  );
  const paths = (await Promise.all(answers)).map((answer) => answer.paths);
  expect(paths).toEqual([['id'], ['header:request-id'], ['id'], ['header:request-id'], ['id']]);
});

it('names twenty fields at most, however many are wrong', async () => {
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`field_${i}`, 1]));
  expect((await errorFor(bytes({ ...good, ...many }), goodHeaders())).paths).toHaveLength(20);
});

it('does not begin what nobody waits for any more', async () => {
  const headers = goodHeaders({ deadline: String(Date.now() - 1) });
  expect(await errorFor(bytes(good), headers)).toMatchObject({ code: 'TIMEOUT' });
});

it('asks who it is for before it looks at the body', async () => {
  expect(await errorFor(bytes(good), goodHeaders({ principal: undefined }))).toMatchObject({
    code: 'AUTHENTICATION_REQUIRED',
  });
});

it('sends no answer anywhere but to an inbox, though nats-server would let it', async () => {
  const reply = apiKeyRevoked.subject;
  const stored = async () => {
    const manager = await (await nats.connect('admin')).connection.jetstreamManager({ checkAPI: false });
    return (await manager.streams.info(eventStream)).state.messages;
  };
  const { connection: careless } = await nats.connect('vault');
  careless.subscribe(getCredential.subject, { queue: 'vault', callback: (_, message) => void message.respond('{}') });
  await careless.flush();
  auth.connection.publish(getCredential.subject, bytes({}), { reply });
  await until(async () => (await stored()) === 1, 'the careless answer to become an event');

  auth.connection.publish(createCredential.subject, bytes({}), { reply, headers: goodHeaders() });
  auth.connection.publish(createCredential.subject, bytes({}), { reply });
  auth.connection.publish(createCredential.subject, bytes({}), { headers: goodHeaders() });
  await errorFor(bytes({}), goodHeaders());
  expect(await stored()).toBe(1);
});
