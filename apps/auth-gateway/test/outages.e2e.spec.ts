import { until } from '@musicgen/testing';
import { makeApiKey } from '../src/api-keys/api-key';
import { expectError } from './client';
import { password, startGateway, type TestGateway } from './gateway';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.stop());

it('says that it is unavailable while Postgres is away, lets nobody in, and goes on when it is back', async () => {
  const user = await gateway.register();
  const { key } = await gateway.addKey(user.token);
  await gateway.postgres.cut();
  await until(
    async () => (await gateway.ask('GET /v1/user/api-keys', { key })).status === 503,
    'the database to be missed',
  );
  const login = { body: { email: user.email, password } };
  const answers = await Promise.all([
    gateway.ask('GET /v1/user/profile', { key: makeApiKey('live').key }),
    gateway.ask('GET /v1/user/profile', user),
    gateway.ask('POST /v1/auth/login', login),
    gateway.ask('POST /v1/auth/login', { body: { api_key: key } }),
    gateway.ask('POST /v1/auth/refresh', { body: { refresh_token: user.refresh_token } }),
    gateway.ask('POST /v1/auth/register', { body: { email: 'meanwhile@example.com', password } }),
  ]);
  for (const answer of answers) expectError(answer, 'SERVICE_UNAVAILABLE', 'The database is not available');
  // What needs no database is answered as ever.
  expectError(await gateway.ask('GET /v1/user/profile', { key: 'sk_live_typo' }), 'INVALID_API_KEY');
  expect((await gateway.ask('GET /.well-known/jwks.json')).status).toBe(200);
  expect((await gateway.ask('GET /health/live')).status).toBe(200);
  expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(503);

  await gateway.postgres.mend();
  await until(
    async () => (await gateway.ask('GET /v1/user/profile', { key })).status === 200,
    'the key to be known again',
  );
  expect((await gateway.ask('POST /v1/auth/login', login)).status).toBe(200);
  const refreshed = await gateway.ask('POST /v1/auth/refresh', { body: { refresh_token: user.refresh_token } });
  expect(refreshed.status).toBe(200);
});

it('answers what needs no other service while nats-server is away', async () => {
  const { token } = await gateway.register();
  await gateway.nats.stop();
  expectError(await gateway.ask('GET /v1/models', { token }), 'SERVICE_UNAVAILABLE');
  expect((await gateway.ask('GET /v1/user/profile', { token })).body).toMatchObject({ usage: null });
  const { id, key } = await gateway.addKey(token);
  expect((await gateway.ask(`DELETE /v1/user/api-keys/${id}`, { token })).status).toBe(204);
  expectError(await gateway.ask('GET /v1/user/profile', { key }), 'INVALID_API_KEY');
  await gateway.nats.start();
  await until(async () => (await fetch(`${gateway.url}/health/ready`)).ok, 'the gateway to be ready again');
});
