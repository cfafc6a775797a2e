import { AppError } from '@musicgen/error-codes';
import {
  activateCredential,
  checkVaultHealth,
  deleteCredential,
  getCredential,
  type Principal,
  type RequestOf,
  type ResponseOf,
  type RpcContract,
} from '@musicgen/platform-contracts';
import { makePrincipal, startTestNats, startTestRpc, until, type TestNats } from '@musicgen/testing';
import { Controller } from '@nestjs/common';
import { PassThrough } from 'node:stream';
import { createLogger } from '../logging/logger';
import { newId } from '../ids';
import type { NatsLink } from '../nats/nats-link';
import { newCall, type Call } from './call';
import { RpcClient } from './rpc-client';
import { Rpc } from './rpc.decorator';

type Handle = (
  request: RequestOf<typeof deleteCredential>,
  call: Call<Principal>,
) => Promise<ResponseOf<typeof deleteCredential>>;

let handle: Handle;

@Controller()
class VaultController {
  @Rpc(checkVaultHealth)
  check() {
    return {
      service: 'vault' as const,
      version: '1.2.3',
      ready: true,
      checks: { nats: true },
      later: 'unknown to you',
    };
  }

  @Rpc(deleteCredential)
  delete(request: RequestOf<typeof deleteCredential>, call: Call<Principal>) {
    return handle(request, call);
  }

  /** Nest itself makes an error of a subject without a handler: none here. */
  @Rpc(getCredential)
  get(): never {
    throw new TypeError('secret thing at /root/place');
  }
}

const log = new PassThrough();
const logged: string[] = [];
log.on('data', (line: Buffer) => logged.push(line.toString()));

let nats: TestNats;
let vault: NatsLink;
let server: { close(): Promise<void> };
let client: RpcClient;

beforeAll(async () => {
  nats = await startTestNats();
  vault = await nats.connect('vault');
  server = await startTestRpc('vault', vault, [VaultController], createLogger('vault', 'info', log));
  client = new RpcClient(await nats.connect('auth'), 'auth');
});
afterAll(async () => {
  await server.close();
  await nats.close();
});
beforeEach(() => {
  handle = async () => ({});
  logged.length = 0;
});

const request = () => ({ id: newId('cred') });
/** With time enough for any machine, where it is not the time that a test is about. */
const patient = <C extends RpcContract>(contract: C): C => ({ ...contract, timeoutMs: 60_000 });
const patientDelete = patient(deleteCredential);
const failure = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => Promise.reject(new Error('was expected to fail')),
    (error: AppError) => error,
  );

it('gives the caller the typed answer, without what its version of the contract does not know', async () => {
  const answer = await client.call(patient(checkVaultHealth), {}, newCall());
  expect(answer).toEqual({ service: 'vault', version: '1.2.3', ready: true, checks: { nats: true } });
});

it('hands principal, request id, trace and deadline on to the handler', async () => {
  const call = newCall(makePrincipal());
  let received: Call | undefined;
  handle = async (_, incoming) => {
    received = incoming;
    return {};
  };
  await client.call(patientDelete, request(), call);
  expect(received).toMatchObject({ principal: call.principal, requestId: call.requestId });
  expect(received!.traceparent.slice(0, 36)).toBe(call.traceparent.slice(0, 36));
  expect(received!.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(received!.traceparent).not.toBe(call.traceparent);
  expect(received!.deadline).toBeLessThanOrEqual(call.deadline);
  expect(received!.deadline).toBeGreaterThan(Date.now());
});

it('never gives a call more time than its caller has left', async () => {
  const call = newCall(makePrincipal());
  let deadline = 0;
  handle = async (_, incoming) => {
    deadline = incoming.deadline;
    return {};
  };
  await client.call(patientDelete, request(), call);
  expect(deadline).toBe(call.deadline);
});

it('gives the caller the error that the service threw: code, details, data, time to wait', async () => {
  const thrown = [
    new AppError('VALIDATION_FAILED', { details: 'a: is odd', data: { fields: [{ path: 'a', problem: 'is odd' }] } }),
    new AppError('QUOTA_EXCEEDED', { details: '10 of 10', retryAfterSeconds: 60 }),
    new AppError('UPSTREAM_FORBIDDEN', { data: { platform: 'spotify', upstream_status: 403 } }),
  ];
  for (const error of thrown) {
    handle = () => Promise.reject(error);
    const received = await failure(client.call(patientDelete, request(), newCall(makePrincipal())));
    expect(received).toBeInstanceOf(AppError);
    expect(received.toWire()).toEqual(error.toWire());
  }
});

it('makes INTERNAL_ERROR of anything else, tells the caller nothing of it and logs it once with the request id', async () => {
  const call = newCall(makePrincipal());
  const received = await failure(client.call(patient(getCredential), request(), call));
  expect(received.toWire()).toEqual(new AppError('INTERNAL_ERROR').toWire());
  expect(received.cause).toBeUndefined();
  expect(logged).toHaveLength(1);
  expect(JSON.parse(logged[0]!)).toMatchObject({ level: 'error', request_id: call.requestId, service: 'vault' });
  expect(logged[0]).toContain('secret thing');
});

it('does not log what the caller did wrong', async () => {
  handle = () => Promise.reject(new AppError('NOT_FOUND'));
  await failure(client.call(patientDelete, request(), newCall(makePrincipal())));
  expect(logged).toEqual([]);
});

it('refuses a call for nobody where the contract wants somebody', async () => {
  const error = await failure(client.call(patientDelete, request(), newCall()));
  expect(error.code).toBe('AUTHENTICATION_REQUIRED');
});

it('answers INTERNAL_ERROR for an answer that is longer than a message may be', async () => {
  handle = async () => ({ text: 'x'.repeat(300_000) }) as never;
  const error = await failure(client.call(patientDelete, request(), newCall(makePrincipal())));
  expect(error.code).toBe('INTERNAL_ERROR');
});

it('sends the code alone of an error that is longer than a message may be', async () => {
  const fields = Array.from({ length: 300_000 }, () => ({ path: 'x', problem: 'y' }));
  handle = () => Promise.reject(new AppError('VALIDATION_FAILED', { data: { fields } }));
  const error = await failure(client.call(patientDelete, request(), newCall(makePrincipal())));
  expect(error.toWire()).toEqual(new AppError('VALIDATION_FAILED').toWire());
});

it('fails at once with SERVICE_UNAVAILABLE when nobody answers the contract', async () => {
  const error = await failure(client.call(activateCredential, request(), newCall(makePrincipal())));
  expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 });
  expect(error.details).toContain('vault');
});

it('fails with TIMEOUT at the deadline when the handler is slow', async () => {
  let finish = () => {};
  handle = () => new Promise((resolve) => (finish = () => resolve({})));
  const call = { ...newCall(makePrincipal()), deadline: Date.now() + 100 };
  const error = await failure(client.call(patientDelete, request(), call));
  expect(error.code).toBe('TIMEOUT');
  expect(Date.now()).toBeGreaterThanOrEqual(call.deadline);
  finish();
});

it('sends nothing when the deadline has passed already', async () => {
  let isCalled = false;
  handle = async () => {
    isCalled = true;
    return {};
  };
  const call = { ...newCall(makePrincipal()), deadline: Date.now() };
  expect((await failure(client.call(patientDelete, request(), call))).code).toBe('TIMEOUT');
  await client.call(patient(checkVaultHealth), {}, newCall());
  expect(isCalled).toBe(false);
});

it('refuses to ask what the contract does not let the service ask', async () => {
  const connector = new RpcClient(await nats.connect('spotify'), 'spotify');
  const error = await failure(connector.call(deleteCredential, request(), newCall(makePrincipal())));
  expect(error.code).toBe('INTERNAL_ERROR');
});

it('fails at once, with INTERNAL_ERROR, when nats-server denies the subject', async () => {
  const link = await nats.connect('spotify');
  const connector = new RpcClient(link, 'spotify');
  const mine = { ...deleteCredential, callers: ['spotify'] as const, timeoutMs: 60_000 };
  const error = await failure(connector.call(mine, request(), newCall(makePrincipal(), 60_000)));
  expect(error.code).toBe('INTERNAL_ERROR');
  expect(String(error.cause)).toMatch(/permission/i);
});

it('does each call once when two replicas answer, and both take part', async () => {
  const counts = [0, 0];
  @Controller()
  class Second {
    @Rpc(deleteCredential)
    async delete() {
      counts[1]! += 1;
      return {};
    }
  }
  handle = async () => {
    counts[0]! += 1;
    return {};
  };
  const second = await startTestRpc('vault', await nats.connect('vault'), [Second]);
  let calls = 0;
  await until(async () => {
    await Promise.all(
      Array.from({ length: 20 }, () => client.call(patientDelete, request(), newCall(makePrincipal()))),
    );
    calls += 20;
    return counts.every((count) => count > 0);
  }, 'both replicas to take part');
  expect(counts[0]! + counts[1]!).toBe(calls);
  await second.close();
});
