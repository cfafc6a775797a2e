import { newId } from '@musicgen/service-kit';
import { until } from '@musicgen/testing';
import { makeApiKey } from '../src/api-keys/api-key';
import { administrator } from './administrator';
import { refusedFields, type Body } from './client';
import { password, startGateway, type TestGateway } from './gateway';

interface Line extends Omit<Body, 'data'> {
  action: string;
  outcome: string;
  user_id: string | null;
  target_id: string | null;
  request_id: string | null;
  session_id: string | null;
  address: string | null;
  users: string[];
  details: Record<string, unknown>;
  count: number;
  at: string;
}

let gateway: TestGateway;
let admin: Awaited<ReturnType<typeof administrator>>;
beforeAll(async () => {
  gateway = await startGateway({ TRUSTED_PROXIES: '127.0.0.1' });
  admin = await administrator(gateway);
});
afterAll(() => gateway?.stop());

const record = async (query: string): Promise<Line[]> => {
  const { body, status } = await gateway.ask(`GET /v1/admin/audit?limit=100&${query}`, admin);
  expect(status).toBe(200);
  return body.data as unknown as Line[];
};
const actionsOf = async (userId: string) => (await record(`user_id=${userId}`)).map(({ action }) => action);

it('tells who did what, from where and by which request', async () => {
  const { user, token } = await gateway.register();
  const headers = { 'x-request-id': 'req_of_the_test', 'x-forwarded-for': '203.0.113.9' };
  const created = await gateway.ask('POST /v1/user/api-keys', {
    token,
    headers,
    body: { name: 'a key', permissions: ['generate'] },
  });
  const [line] = await record(`user_id=${user.id}&action=key_created`);
  expect(line).toEqual({
    ...{ id: expect.stringMatching(/^evt_/), at: expect.any(String), action: 'key_created', outcome: 'ok', count: 1 },
    ...{ user_id: user.id, key_id: null, session_id: expect.stringMatching(/^sess_/), users: [user.id] },
    ...{ address: '203.0.113.9', request_id: 'req_of_the_test', target_id: created.body.id },
    details: { permissions: ['generate'], expires_at: null, allowed_ips: null },
  });
});

it('has every change of what somebody may do, newest first', async () => {
  const { user, token, email } = await gateway.register();
  const { id } = await gateway.addKey(token);
  await gateway.ask(`POST /v1/user/api-keys/${id}/rotate`, { token });
  await gateway.ask(`DELETE /v1/user/api-keys/${id}`, { token });
  await gateway.ask(`DELETE /v1/user/api-keys/${id}`, { token });
  const hook = { url: 'https://example.com/x', events: ['generation.failed'] };
  const { body: webhook } = await gateway.ask('POST /v1/webhooks', { token, body: hook });
  await gateway.ask(`POST /v1/webhooks/${webhook.id}/rotate`, { token });
  await gateway.ask(`DELETE /v1/webhooks/${webhook.id}`, { token });
  await gateway.ask('PUT /v1/user/password', { token, body: { current_password: password, password: `${password}!` } });
  await gateway.ask(`PATCH /v1/admin/users/${user.id}`, { token: admin.token, body: { tier: 'pro' } });
  const login = { email, password: `${password}!` };
  const { body: other } = await gateway.ask('POST /v1/auth/login', { body: login });
  await gateway.ask('POST /v1/auth/login', { body: { ...login, cookie: true } });
  await gateway.ask('POST /v1/auth/logout', { token: other.access_token });
  await gateway.ask('DELETE /v1/user', { token, body: { password: `${password}!` } });
  expect((await actionsOf(user.id)).reverse()).toEqual([
    ...['registered', 'login', 'key_created', 'key_rotated', 'key_revoked'],
    ...['webhook_created', 'webhook_rotated', 'webhook_deleted', 'password_changed', 'user_changed'],
    ...['login', 'login', 'session_ended', 'user_deleted'],
  ]);
  const [changed] = await record(`user_id=${user.id}&action=user_changed`);
  expect(changed).toMatchObject({
    ...{ user_id: admin.user.id, target_id: user.id },
    details: { tier: { from: 'free', to: 'pro' } },
  });
  const logins = await record(`user_id=${user.id}&action=login`);
  expect(logins.map(({ details }) => details.cookie)).toEqual([true, false, false]);
});

it('says why sessions ended: also that an old refresh token came back', async () => {
  const { user, refresh_token: first } = await gateway.register();
  const refresh = (token: string) => gateway.ask('POST /v1/auth/refresh', { body: { refresh_token: token } });
  for (let i = 0, token = first; i < 3; i++) token = (await refresh(token)).body.refresh_token;
  await gateway.database.dataSource.query(
    `UPDATE sessions SET presented_at = now() - interval '1 hour' WHERE user_id = $1`,
    [user.id],
  );
  expect(await refresh(first)).toMatchObject({ status: 401 });
  const [ended] = await record(`user_id=${user.id}&action=session_ended`);
  expect(ended).toMatchObject({ details: { reason: 'reuse_detected', sessions: [ended!.target_id] } });
});

it('counts what is refused, in one line for each group of addresses and minute, and names who was tried', async () => {
  const { user, email } = await gateway.register();
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
  const wrong = (address: string) =>
    gateway.ask('POST /v1/auth/login', { ...from(address), body: { email, password: 'wrong' } });
  for (let i = 0; i < 5; i++) await wrong('198.51.100.1');
  // One /64 is one client.
  for (let i = 0; i < 4; i++) await wrong(`2001:db8:1:2::${i}`);
  const byGroup = async () => {
    const sums = new Map<string | null, number>();
    for (const { address, outcome, count } of await record(`user_id=${user.id}&action=login`)) {
      if (outcome === 'INVALID_CREDENTIALS') sums.set(address, (sums.get(address) ?? 0) + count);
    }
    return Object.fromEntries(sums) as Record<string, number>;
  };
  // They are stored every few seconds, and that may be between two of them.
  const total = async () => Object.values(await byGroup()).reduce((sum, count) => sum + count, 0);
  await until(async () => (await total()) >= 9, 'the refusals to be stored');
  expect(await byGroup()).toEqual({ '198.51.100.1/32': 5, '2001:db8:1:2::/64': 4 });
});

it('is not flooded by keys that are none', async () => {
  const from = { 'x-forwarded-for': '198.51.100.77' };
  const guess = () => gateway.ask('GET /v1/models', { key: makeApiKey('live').key, headers: from });
  for (let batch = 0; batch < 15; batch++) {
    const answers = await Promise.all(Array.from({ length: 20 }, guess));
    for (const { status } of answers) expect([401, 429]).toContain(status);
  }
  const lines = async () =>
    (await record('action=authentication')).filter(({ address }) => address === '198.51.100.77/32');
  await until(async () => (await lines()).length > 0, 'the refusals to be stored');
  expect((await lines()).length).toBeLessThanOrEqual(2);
  expect((await lines())[0]).toMatchObject({ user_id: null, request_id: null, outcome: 'INVALID_API_KEY' });
});

it('stores what was counted when the gateway stops', async () => {
  const stopping = await gateway.startSecond();
  const { user, email } = await gateway.register();
  await stopping.ask('POST /v1/auth/login', { body: { email, password: 'wrong' } });
  await stopping.stop();
  const refused = (await record(`user_id=${user.id}`)).filter(({ outcome }) => outcome === 'INVALID_CREDENTIALS');
  expect(refused).toMatchObject([{ count: 1 }]);
});

it('holds no secret, and nobody’s e-mail address', async () => {
  const { token, email, refresh_token: refreshToken } = await gateway.register();
  const { key } = await gateway.addKey(token);
  await gateway.ask('POST /v1/auth/login', { body: { api_key: key } });
  const typed = 'my password in the wrong field';
  await gateway.ask('POST /v1/auth/login', {
    body: { email: `${newId('req').toLowerCase()}@example.com`, password: typed },
  });
  await until(async () => (await record('action=login')).some(({ outcome }) => outcome === 'INVALID_CREDENTIALS'));
  const [{ all }] = await gateway.database.dataSource.query(
    `SELECT string_agg(e::text, ' ') AS all FROM security_events e`,
  );
  for (const secret of [key.slice(12), token, refreshToken.slice(10), email, password, typed]) {
    expect(all).not.toContain(secret);
  }
});

it('is filtered by time, refuses what is no filter, and forgets after 400 days', async () => {
  const { user } = await gateway.register();
  const [line] = await record(`user_id=${user.id}&action=registered`);
  const later = new Date(Date.parse(line!.at) + 1).toISOString();
  expect(await record(`user_id=${user.id}&action=registered&from=${line!.at}&to=${later}`)).toHaveLength(1);
  expect(await record(`user_id=${user.id}&action=registered&from=${later}`)).toEqual([]);
  expect(await record(`user_id=${user.id}&action=registered&to=${line!.at}`)).toEqual([]);
  const refused = await gateway.ask('GET /v1/admin/audit?from=yesterday&action=sneezed&user_id=x', admin);
  expect(refusedFields(refused).sort()).toEqual(['query.action', 'query.from', 'query.user_id']);

  const { dataSource } = gateway.database;
  const age = (days: number) =>
    dataSource.query(
      `UPDATE security_events SET at = now() - $2 * interval '1 day' WHERE action = 'registered' AND user_id = $1`,
      [user.id, days],
    );
  await age(401);
  const next = await gateway.startSecond();
  await until(async () => (await record(`user_id=${user.id}&action=registered`)).length === 0, 'the sweep of a start');
  expect(await actionsOf(user.id)).toEqual(['login']);
  await next.stop();
});
