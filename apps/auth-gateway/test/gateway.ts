import {
  defaultTiers,
  permissions,
  type Permission,
  type RpcContract,
  type ServiceName,
} from '@musicgen/platform-contracts';
import { newId, Rpc, type Call } from '@musicgen/service-kit';
import {
  opening,
  startProxy,
  startService,
  startTestNats,
  startTestRpc,
  testDatabase,
  type CuttableProxy,
  type ServiceProcess,
  type TestDatabase,
  type TestNats,
} from '@musicgen/testing';
import { Controller, type Type } from '@nestjs/common';
import { database } from '../src/persistence/data-source';
import { clientOf, type Ask, type Body } from './client';

/** So that tests are refused only where they want to be. */
const plentiful = {
  ANONYMOUS_PER_HOUR: '1000000',
  ANONYMOUS_BURST: '1000000',
  FAILURES_BURST: '1000000',
  TIERS: JSON.stringify({ ...defaultTiers, free: { ...defaultTiers.free, requests_per_hour: 1_000_000 } }),
};

export const password = 'correct horse battery';

/** The built gateway as a process, with a database and a nats-server of its own. */
export interface TestGateway {
  url: string;
  ask: Ask;
  database: TestDatabase;
  /** The gateway's way to the database, which can be cut. */
  postgres: CuttableProxy;
  nats: TestNats;
  process: ServiceProcess;
  /** A user of its own, with the answer of its registration. */
  register(): Promise<Body & { token: string }>;
  /** A key of that user, with every permission unless it is said which. */
  addKey(token: string, rights?: { permissions?: Permission[]; [name: string]: unknown }): Promise<Body>;
  /** Another process on the same database and nats-server. */
  startSecond(env?: Record<string, string>): Promise<{ ask: Ask; stop(): Promise<unknown> }>;
  /** Answers some contracts of another service. */
  answerAs(service: ServiceName, ...answers: PeerAnswer[]): Promise<{ close(): Promise<void> }>;
  stop(): Promise<void>;
}

export function startGateway(env: Record<string, string> = {}): Promise<TestGateway> {
  return opening(async (closer) => {
    const [test, nats] = await Promise.all([
      closer.open(testDatabase(database), ({ drop }) => drop()),
      closer.open(startTestNats(), ({ close }) => close()),
    ]);
    const postgres = await closer.open(startProxy(test.url), ({ cut }) => cut());
    const own = { NATS_URL: nats.url, DATABASE_URL: postgres.url, ...plentiful, ...env };
    const start = (more: Record<string, string> = {}) => startService('auth', test, { ...own, ...more });
    const peers = await closer.open<{ close(): Promise<void> }[]>([], (all) =>
      Promise.all(all.map((peer) => peer.close())),
    );
    const gateway = await closer.open(start(), ({ stop }) => stop());
    const ask = clientOf(gateway.url);
    return {
      url: gateway.url,
      ask,
      database: test,
      postgres,
      nats,
      process: gateway,
      async register() {
        const email = `${newId('user').toLowerCase()}@example.com`;
        const { body, status } = await ask('POST /v1/auth/register', { body: { email, password } });
        expect(status).toBe(201);
        return { ...body, email, token: body.access_token };
      },
      async addKey(token, rights = {}) {
        const body = { name: 'a key', permissions: [...permissions], ...rights };
        const created = await ask('POST /v1/user/api-keys', { token, body });
        expect(created).toMatchObject({ status: 201 });
        return created.body;
      },
      async startSecond(more) {
        const second = await start(more);
        return { ask: clientOf(second.url), stop: () => second.stop() };
      },
      async answerAs(service, ...answers) {
        const peer = await startTestRpc(service, await nats.connect(service), [peerOf(answers)]);
        peers.push(peer);
        return peer;
      },
      stop: closer.close,
    };
  });
}

export type PeerAnswer = readonly [contract: RpcContract, answer: (request: never, call: Call) => unknown];

/** Another service, as far as a test needs it. */
function peerOf(answers: PeerAnswer[]): Type {
  class PeerController {}
  answers.forEach(([contract, answer], index) => {
    const name = `answer${index}`;
    const descriptor = { value: (request: never, call: Call) => answer(request, call), configurable: true };
    Rpc(contract)(PeerController.prototype, name, descriptor as never);
    Object.defineProperty(PeerController.prototype, name, descriptor);
  });
  Controller()(PeerController);
  return PeerController;
}
