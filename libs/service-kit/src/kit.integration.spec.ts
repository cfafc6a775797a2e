import type { AppError } from '@musicgen/error-codes';
import { checkVaultHealth, deleteCredential } from '@musicgen/platform-contracts';
import {
  makePrincipal,
  silentLogger,
  startProxy,
  startTestNats,
  testDatabase,
  testSecrets,
  until,
  type CuttableProxy,
  type TestDatabase,
  type TestNats,
} from '@musicgen/testing';
import { Controller, Module } from '@nestjs/common';
import { Column, DataSource, Entity, PrimaryColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import { answerCalls, createApp } from './bootstrap';
import { parseConfig } from './config/config';
import { serviceConfig } from './config/service-config';
import { createOutbox } from './events/outbox';
import { Health } from './health/health';
import { newId } from './ids';
import { connectNats } from './nats/connection';
import { NatsLink } from './nats/nats-link';
import { migrate, type ServiceDatabase } from './persistence/service-database';
import { newCall } from './rpc/call';
import { RpcClient } from './rpc/rpc-client';
import { Rpc } from './rpc/rpc.decorator';

@Entity('things')
class Thing {
  @PrimaryColumn('text')
  id: string;
  @Column('text')
  text: string;
}

class CreateThings1700000000000 implements MigrationInterface {
  name = 'CreateThings1700000000000';
  async up(query: QueryRunner) {
    await createOutbox(query);
    await query.query('CREATE TABLE things (id text PRIMARY KEY, text text NOT NULL)');
  }
  down = async () => {};
}

@Controller()
class ThingsController {
  constructor(private readonly dataSource: DataSource) {}

  @Rpc(deleteCredential)
  async delete({ id }: { id: string }) {
    await this.dataSource.getRepository(Thing).delete({ id });
    return {};
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

const database: ServiceDatabase = { service: 'vault', entities: [Thing], migrations: [CreateThings1700000000000] };

let nats: TestNats;
let postgres: TestDatabase;
let proxy: CuttableProxy;
let client: RpcClient;
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  nats = await startTestNats();
  postgres = await testDatabase({ ...database, migrations: [] });
  proxy = await startProxy(postgres.url);
  client = new RpcClient(await nats.connect('auth'), 'auth');
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await proxy.cut();
  await nats.close();
  await postgres.drop();
});

async function start() {
  const { nkeySeed } = (await testSecrets()).services.vault;
  const env = {
    NATS_URL: nats.url,
    NATS_NKEY_SEED: nkeySeed,
    DATABASE_URL: proxy.url,
    METRICS_TOKEN: 'a-token-of-metrics',
  };
  const config = parseConfig(serviceConfig, env);
  const link = new NatsLink(connectNats({ service: 'vault', url: nats.url, nkeySeed }), silentLogger);
  const app = await createApp({ database, config: serviceConfig, module: ThingsModule }, config, silentLogger, link);
  const stopping = new AbortController();
  const stop = async () => {
    stopping.abort();
    // One that has not been there yet would try for ever: nats-server is about to go.
    await link.connected;
    await app.close();
  };
  stops.push(stop);
  await app.listen(0, '127.0.0.1');
  const answering = answerCalls(app, stopping.signal);
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${(app.getHttpServer().address() as { port: number }).port}${path}`);
    return { status: response.status, body: await response.text() };
  };
  return { app, answering, get, ready: async () => (await get('/health/ready')).status };
}

/** With time enough for any machine: none of the failures here is that of a deadline. */
const timeoutMs = 60_000;
const outcome = (): Promise<string> =>
  client.call({ ...deleteCredential, timeoutMs }, { id: newId('cred') }, newCall(makePrincipal(), timeoutMs)).then(
    () => 'ok',
    (error: AppError) => error.code,
  );

it('is ready, answers calls and tells of its parts when all that it needs is there', async () => {
  await migrate(database, postgres.ownerUrl);
  const { answering, get } = await start();
  await answering;
  const ready = await get('/health/ready');
  expect(ready.status).toBe(200);
  expect(JSON.parse(ready.body)).toMatchObject({
    status: 'ok',
    details: { nats: { status: 'up' }, postgres: { status: 'up' } },
  });
  expect(await get('/health/live')).toMatchObject({ status: 200 });
  expect(await until(async () => (await outcome()) === 'ok')).toBe(true);
  const health = await client.call({ ...checkVaultHealth, timeoutMs }, {}, newCall());
  expect(health).toMatchObject({ service: 'vault', ready: true, checks: { nats: true, postgres: true } });
});

it('waits for its migrations: lives, is not ready, takes no calls; then does', async () => {
  const { answering, get, ready } = await start();
  expect(await get('/health/live')).toMatchObject({ status: 200 });
  expect(await ready()).toBe(503);
  expect(await outcome()).toBe('SERVICE_UNAVAILABLE');
  await migrate(database, postgres.ownerUrl);
  await answering;
  await until(async () => (await ready()) === 200);
  await until(async () => (await outcome()) === 'ok');
});

it('starts while nats-server and Postgres are away, and works when they are there', async () => {
  await migrate(database, postgres.ownerUrl);
  await Promise.all([nats.stop(), proxy.cut()]);
  const { answering, get, ready } = await start();
  expect(await get('/health/live')).toMatchObject({ status: 200 });
  expect(await ready()).toBe(503);
  await Promise.all([nats.start(), proxy.mend()]);
  await answering;
  await until(async () => (await ready()) === 200);
  await until(async () => (await outcome()) === 'ok');
});

it('answers SERVICE_UNAVAILABLE and is not ready while Postgres is away, and carries on by itself', async () => {
  await migrate(database, postgres.ownerUrl);
  const { answering, get, ready } = await start();
  await answering;
  await until(async () => (await outcome()) === 'ok');
  await proxy.cut();
  expect(await outcome()).toBe('SERVICE_UNAVAILABLE');
  expect(await ready()).toBe(503);
  expect(await client.call({ ...checkVaultHealth, timeoutMs }, {}, newCall())).toMatchObject({
    ready: false,
    checks: { postgres: false, nats: true },
  });
  expect(await get('/health/live')).toMatchObject({ status: 200 });
  await proxy.mend();
  await until(async () => (await outcome()) === 'ok');
  await until(async () => (await ready()) === 200);
});

it('answers SERVICE_UNAVAILABLE and nothing else, whatever its connections to Postgres were doing when they broke', async () => {
  await migrate(database, postgres.ownerUrl);
  const { answering } = await start();
  await answering;
  await until(async () => (await outcome()) === 'ok');
  const outcomes = new Set<string>();
  let isOver = false;
  const caller = async () => {
    while (!isOver) outcomes.add(await outcome());
  };
  const callers = Promise.all(Array.from({ length: 20 }, caller));
  for (let round = 0; round < 5; round += 1) {
    outcomes.delete('SERVICE_UNAVAILABLE');
    await proxy.cut();
    await until(() => outcomes.has('SERVICE_UNAVAILABLE'));
    outcomes.delete('ok');
    await proxy.mend();
    await until(() => outcomes.has('ok'));
  }
  isOver = true;
  await callers;
  expect([...outcomes].toSorted()).toEqual(['SERVICE_UNAVAILABLE', 'ok']);
});

it('is not ready while nats-server is away, and carries on by itself', async () => {
  await migrate(database, postgres.ownerUrl);
  const { answering, ready } = await start();
  await answering;
  await nats.stop();
  await until(async () => (await ready()) === 503);
  await nats.start();
  await until(async () => (await ready()) === 200);
  await until(async () => (await outcome()) === 'ok');
});

it('is not ready any more from the moment it is told to stop', async () => {
  await migrate(database, postgres.ownerUrl);
  const { app, answering, ready } = await start();
  await answering;
  app.get(Health).startStopping();
  expect(await ready()).toBe(503);
  expect((await app.get(Health).check()).ready).toBe(false);
});

it('shows its metrics to loopback and to who has the token, and hides that there are any from others', async () => {
  const { app, get } = await start();
  const metrics = await get('/metrics');
  expect(metrics.status).toBe(200);
  expect(metrics.body).toContain('rpc_server_seconds');
  const ask = async (remoteAddress: string, headers: Record<string, string> = {}) =>
    (await app.inject({ url: '/metrics', remoteAddress, headers })).statusCode;
  expect(await ask('127.0.0.1')).toBe(200);
  expect(await ask('::1')).toBe(200);
  expect(await ask('10.0.0.7')).toBe(404);
  expect(await ask('127.0.0.1', { 'x-forwarded-for': '10.0.0.7' })).toBe(404);
  expect(await ask('10.0.0.7', { authorization: 'Bearer another-token' })).toBe(404);
  expect(await ask('10.0.0.7', { authorization: 'Bearer a-token-of-metrics' })).toBe(200);
});

it('answers an unknown path in the format of errors', async () => {
  const { get } = await start();
  const { status, body } = await get('/nothing');
  expect(status).toBe(404);
  expect(JSON.parse(body)).toMatchObject({ error: { code: 'NOT_FOUND', request_id: expect.stringMatching(/^req_/) } });
});

it('closes its connections when it has stopped', async () => {
  await migrate(database, postgres.ownerUrl);
  const { app, answering } = await start();
  await answering;
  await stops.pop()!();
  expect(app.get(DataSource).isInitialized).toBe(false);
  expect(app.get(NatsLink).connection.isClosed()).toBe(true);
});
