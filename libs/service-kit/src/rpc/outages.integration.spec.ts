import type { AppError } from '@musicgen/error-codes';
import { deleteCredential, getModel, type Principal, type ResponseOf } from '@musicgen/platform-contracts';
import { makePrincipal, silentLogger, startTestNats, startTestRpc, until, type TestNats } from '@musicgen/testing';
import { Controller } from '@nestjs/common';
import { newId } from '../ids';
import { NatsLink } from '../nats/nats-link';
import { newCall, type Call } from './call';
import { RpcClient } from './rpc-client';
import { Rpc } from './rpc.decorator';

type Answer = ResponseOf<typeof deleteCredential>;

let handle: () => Promise<Answer>;

@Controller()
class VaultController {
  @Rpc(deleteCredential)
  delete(_: object, __: Call<Principal>) {
    return handle();
  }
}

let nats: TestNats;
let auth: NatsLink;
let vault: NatsLink;
let server: { close(): Promise<void> };
let client: RpcClient;

beforeEach(async () => {
  handle = async () => ({});
  nats = await startTestNats();
  [auth, vault] = await Promise.all([nats.connect('auth'), nats.connect('vault')]);
  server = await startTestRpc('vault', vault, [VaultController]);
  client = new RpcClient(auth, 'auth');
});
afterEach(async () => {
  await server.close();
  await nats.close();
});

/** With time enough for any machine: none of the failures here is that of a deadline. */
const patient = { ...deleteCredential, timeoutMs: 60_000 };
const call = () => client.call(patient, { id: newId('cred') }, newCall(makePrincipal(), patient.timeoutMs));
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (error: AppError) => error.code,
  );

/** The next call begins, and ends when told to. */
function pause() {
  let finish = () => {};
  const begun = new Promise<void>((resolve) => {
    handle = () => {
      handle = async () => ({});
      resolve();
      return new Promise((end) => (finish = () => end({})));
    };
  });
  return { begun, finish: () => finish() };
}

it('answers what is in hand when the server closes, and takes nothing new', async () => {
  const handler = pause();
  const inHand = call();
  await handler.begun;
  const closing = server.close();
  await until(async () => (await codeOf(call())) === 'SERVICE_UNAVAILABLE', 'the subscription to be gone');
  handler.finish();
  await closing;
  expect(await inHand).toEqual({});
});

it('fails calls at once while nats-server is away, those in hand too, and works again when it is back', async () => {
  const handler = pause();
  const inHand = codeOf(call());
  await handler.begun;
  await nats.stop();
  expect(await inHand).toBe('SERVICE_UNAVAILABLE');
  expect(auth.isUp).toBe(false);
  expect(await codeOf(call())).toBe('SERVICE_UNAVAILABLE');
  handler.finish();
  await nats.start();
  await until(async () => (await codeOf(call())) === 'ok', 'calls to work again');
});

it('fails a call long before its deadline when the service that had it in hand has died', async () => {
  const handler = pause();
  const inHand = codeOf(call());
  await handler.begun;
  await vault.connection.close();
  expect(await inHand).toBe('SERVICE_UNAVAILABLE');
  handler.finish();
});

it('sends nothing late: what was asked while nats-server was away is not done when it is back', async () => {
  await nats.stop();
  await until(() => !auth.isUp && !vault.isUp);
  let count = 0;
  handle = async () => {
    count += 1;
    return {};
  };
  await codeOf(call());
  await nats.start();
  await until(async () => (await codeOf(call())) === 'ok');
  expect(count).toBe(1);
});

it('closes while nats-server is away, without waiting for it', async () => {
  await nats.stop();
  await until(() => !vault.isUp);
  await server.close();
  await vault.close();
  expect(vault.connection.isClosed()).toBe(true);
});

it('fails calls at once before nats-server has been reached for the first time', async () => {
  const early = new RpcClient(new NatsLink(new Promise(() => undefined), silentLogger), 'auth');
  expect(await codeOf(early.call(getModel, { id: 'x' }, newCall(makePrincipal())))).toBe('SERVICE_UNAVAILABLE');
});
