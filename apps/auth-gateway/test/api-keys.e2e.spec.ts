import { permissions } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { until } from '@musicgen/testing';
import { expectError, refusedFields, type Answer, type Body } from './client';
import { appendRevocation } from '../src/revocations/revocations.store';
import { startGateway, type TestGateway } from './gateway';
import { makeApiKey } from '../src/api-keys/api-key';

let gateway: TestGateway;
/** Another gateway on the same database, that is told its clients' addresses. */
let behind: Awaited<ReturnType<TestGateway['startSecond']>>;
let user: Awaited<ReturnType<TestGateway['register']>>;

beforeAll(async () => {
  gateway = await startGateway();
  behind = await gateway.startSecond({ TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8' });
  user = await gateway.register();
});
afterAll(async () => {
  await behind?.stop();
  await gateway?.stop();
});

const keys = 'v1/user/api-keys';
const create = (who: { token?: string; key?: string }, rights: object) =>
  gateway.ask(`POST /${keys}`, { ...who, body: { name: 'a key', permissions: ['user:read'], ...rights } });
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

describe('an API key', () => {
  it('is shown once, when it is made', async () => {
    const created = await create(user, { expires_at: '2030-01-01T02:00:00+02:00', allowed_ips: ['127.0.0.0/8'] });
    const { key, ...shown } = created.body;
    expect(created.status).toBe(201);
    expect(key).toMatch(/^sk_live_[A-Za-z0-9]{32}$/);
    expect(shown).toEqual({
      id: expect.stringMatching(/^key_/),
      name: 'a key',
      prefix: key.slice(0, 12),
      last4: key.slice(-4),
      mode: 'live',
      permissions: ['user:read'],
      allowed_ips: ['127.0.0.0/8'],
      expires_at: '2030-01-01T00:00:00.000Z',
      created_at: expect.any(String),
      last_used_at: null,
      rotation_due_at: expect.any(String),
      status: 'active',
    });
    const again = await gateway.ask(`GET /${keys}/${shown.id}`, user);
    expect(again.body).toEqual(shown);
    const list = await gateway.ask(`GET /${keys}`, user);
    expect(list.body.data[0]).toEqual(shown);
    for (const text of [again.text, list.text, gateway.process.output()]) expect(text).not.toContain(key.slice(12));
  });

  it('opens what it has the permission for, and names the permission that it lacks', async () => {
    const { key } = await gateway.addKey(user.token, { permissions: ['user:read'] });
    expect((await gateway.ask('GET /v1/user/profile', { key })).body).toMatchObject({ email: user.email });
    const refused = await gateway.ask('PUT /v1/user/profile', { key, body: { name: 'x' } });
    expectError(refused, 'INSUFFICIENT_PERMISSIONS', 'This needs the permission user:write');
  });

  it('is listed newest first, page by page', async () => {
    const owner = await gateway.register();
    const made = [];
    for (const name of ['1', '2', '3']) made.unshift((await gateway.addKey(owner.token, { name })).id);
    const first = await gateway.ask(`GET /${keys}?limit=2`, owner);
    const second = await gateway.ask(`GET /${keys}?limit=2&cursor=${first.body.next_cursor}`, owner);
    expect([...first.body.data, ...second.body.data].map(({ id }) => id)).toEqual(made);
    expect(second.body.next_cursor).toBeNull();
    expect(refusedFields(await gateway.ask(`GET /${keys}?cursor=x`, owner))).toEqual(['query.cursor']);
  });

  it('is nothing to another user, and nothing in the other mode', async () => {
    const { id } = await gateway.addKey(user.token);
    const other = await gateway.register();
    const { key: testKey } = await testKeyOf(user.email);
    for (const who of [{ token: other.token }, { key: testKey }]) {
      const unknown = await gateway.ask(`GET /${keys}/${newId('key')}`, who);
      for (const method of ['GET', 'DELETE']) {
        const answer = await gateway.ask(`${method} /${keys}/${id}`, who);
        expectError(answer, 'NOT_FOUND', unknown.body.error.details);
      }
      expect((await gateway.ask(`GET /${keys}`, who)).body.data.map((key) => key.id)).not.toContain(id);
    }
    expect((await gateway.ask(`GET /${keys}/${id}`, user)).body).toMatchObject({ status: 'active' });
  });

  it('is refused once it is revoked, by every gateway', async () => {
    const { id, key } = await gateway.addKey(user.token);
    for (const ask of [gateway.ask, behind.ask]) expect((await ask('GET /v1/user/profile', { key })).status).toBe(200);
    expect(await gateway.ask(`DELETE /${keys}/${id}`, user)).toMatchObject({ status: 204, text: '' });
    expectError(await gateway.ask('GET /v1/user/profile', { key }), 'INVALID_API_KEY');
    await until(async () => (await behind.ask('GET /v1/user/profile', { key })).status === 401, 'refusal');
    expect((await gateway.ask(`GET /${keys}/${id}`, user)).body).toMatchObject({ status: 'revoked' });
    expect((await gateway.ask(`DELETE /${keys}/${id}`, user)).status).toBe(204);
  });

  it('says nothing of whether it was ever known: mistyped, made up and revoked ones are answered alike', async () => {
    const revoked = await gateway.addKey(user.token);
    await gateway.ask(`DELETE /${keys}/${revoked.id}`, user);
    const typo = revoked.key.slice(0, -1) + (revoked.key.endsWith('0') ? '1' : '0');
    const answers = [];
    for (const key of [typo, 'sk_live_short', 'x', makeApiKey('live').key, revoked.key, '', 'ü'.repeat(40)]) {
      const answer = await gateway.ask('GET /v1/user/profile', { key });
      expectError(answer, 'INVALID_API_KEY');
      answers.push(comparable(answer));
    }
    expect(new Set(answers).size).toBe(1);
  });

  it('says API_KEY_EXPIRED once its time is over', async () => {
    const { id, key } = await gateway.addKey(user.token, { expires_at: inDays(1) });
    expect((await gateway.ask('GET /v1/user/profile', { key })).status).toBe(200);
    await gateway.database.dataSource.transaction(async (tx) => {
      await tx.query(`UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = $1`, [id]);
      await appendRevocation(tx, [id]);
    });
    const answer = await until(async () => {
      const now = await gateway.ask('GET /v1/user/profile', { key });
      return now.status === 401 && now;
    }, 'the key to have expired');
    expectError(answer, 'API_KEY_EXPIRED');
    expectError(await gateway.ask('POST /v1/auth/login', { body: { api_key: key } }), 'API_KEY_EXPIRED');
    expect((await gateway.ask(`GET /${keys}/${id}`, user)).body).toMatchObject({ status: 'expired' });
  });

  it.each([
    [{ expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    [{ allowed_ips: ['10.0.0.1/8'] }, 'allowed_ips.0'],
    [{ allowed_ips: ['127.0.0.1', 'localhost'] }, 'allowed_ips.1'],
  ])('is not made with %j', async (rights, field) => {
    expect(refusedFields(await create(user, rights))).toEqual([field]);
  });
});

describe('a key that makes keys', () => {
  it('gives no permission that it lacks', async () => {
    const { key } = await gateway.addKey(user.token, { permissions: ['api-keys:manage', 'user:read'] });
    const refused = await create({ key }, { permissions: ['user:read', 'generate'] });
    expectError(refused, 'INSUFFICIENT_PERMISSIONS', expect.stringContaining('generate'));
    expect((await create({ key }, { permissions: ['user:read'] })).status).toBe(201);
  });

  it('gives no later expiry and no other addresses, and its own where none are said', async () => {
    const rights = { expires_at: inDays(2), allowed_ips: ['127.0.0.0/8'] };
    const { key } = await gateway.addKey(user.token, rights);
    expect((await create({ key }, {})).body).toMatchObject(rights);
    expect((await create({ key }, { expires_at: inDays(1), allowed_ips: ['127.0.0.1'] })).status).toBe(201);
    expect(refusedFields(await create({ key }, { expires_at: inDays(3) }))).toEqual(['expires_at']);
    expect(refusedFields(await create({ key }, { allowed_ips: ['0.0.0.0/0'] }))).toEqual(['allowed_ips.0']);
  });

  it('gives keys of its own mode only', async () => {
    const { key } = await testKeyOf(user.email);
    expect((await create({ key }, {})).body).toMatchObject({ mode: 'test', key: expect.stringMatching(/^sk_test_/) });
    expect(refusedFields(await create({ key }, { mode: 'live' }))).toEqual(['mode']);
  });
});

describe('allowed addresses', () => {
  const forwarded = (address: string) => ({ 'x-forwarded-for': address });

  it('are those of the socket: nobody chooses his own by a header', async () => {
    const { key } = await gateway.addKey(user.token, { allowed_ips: ['203.0.113.0/24'] });
    for (const headers of [{}, forwarded('203.0.113.9')] as Record<string, string>[]) {
      expectError(await gateway.ask('GET /v1/user/profile', { key, headers }), 'IP_NOT_ALLOWED');
    }
    expectError(await gateway.ask('POST /v1/auth/login', { body: { api_key: key } }), 'IP_NOT_ALLOWED');
  });

  it('are those that a trusted proxy tells, the last one that is no proxy', async () => {
    const { key } = await gateway.addKey(user.token, { allowed_ips: ['203.0.113.0/24', '2001:db8::/32'] });
    const from = async (address: string) =>
      (await behind.ask('GET /v1/user/profile', { key, headers: forwarded(address) })).status;
    expect(await from('203.0.113.9')).toBe(200);
    expect(await from('203.0.113.9, 10.1.2.3')).toBe(200);
    expect(await from('2001:db8::1')).toBe(200);
    expect(await from('203.0.113.9, 198.51.100.7')).toBe(403);
    expect(await from('nonsense')).toBe(403);
  });
});

describe('a session made from a key', () => {
  const login = (key: string, more = {}) => gateway.ask('POST /v1/auth/login', { body: { api_key: key, ...more } });

  it('can do what the key can and no more, also after a refresh', async () => {
    const { key } = await gateway.addKey(user.token, { permissions: ['user:read', 'api-keys:manage'] });
    const first = (await login(key)).body;
    const { body: second } = await gateway.ask('POST /v1/auth/refresh', {
      body: { refresh_token: first.refresh_token },
    });
    for (const token of [first.access_token, second.access_token]) {
      expect((await gateway.ask('GET /v1/user/profile', { token })).status).toBe(200);
      const change = await gateway.ask('PUT /v1/user/profile', { token, body: { name: 'x' } });
      expectError(change, 'INSUFFICIENT_PERMISSIONS', 'This needs the permission user:write');
      expectError(await create({ token }, { permissions: [...permissions] }), 'INSUFFICIENT_PERMISSIONS');
    }
  });

  it('has no role and no use of session routes', async () => {
    await gateway.database.dataSource.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [user.user.id]);
    const { key } = await gateway.addKey(user.token);
    const { body } = await login(key);
    const refused = await gateway.ask('POST /v1/auth/logout', { token: body.access_token });
    expectError(refused, 'INSUFFICIENT_PERMISSIONS', 'This needs a session made by password');
  });

  it('is in the mode of the key, and another one cannot be asked for', async () => {
    const { key } = await testKeyOf(user.email);
    const { body } = await login(key, { mode: 'test' });
    expect((await gateway.ask('GET /v1/user/profile', { token: body.access_token })).body.mode).toBe('test');
    expect(refusedFields(await login(key, { mode: 'live' }))).toEqual(['mode']);
  });

  it('ends with the key', async () => {
    const { id, key } = await gateway.addKey(user.token);
    const { body } = await login(key);
    await gateway.ask(`DELETE /${keys}/${id}`, user);
    expectError(await login(key), 'INVALID_API_KEY');
    const token = body.access_token;
    await until(async () => (await gateway.ask('GET /v1/user/profile', { token })).status === 401, 'its end');
    expectError(await gateway.ask('GET /v1/user/profile', { token }), 'INVALID_TOKEN', 'The session has ended');
    const refresh = { body: { refresh_token: body.refresh_token } };
    expectError(await gateway.ask('POST /v1/auth/refresh', refresh), 'INVALID_REFRESH_TOKEN');
  });

  it('is bound to the addresses of the key, its refresh too, which changes nothing from elsewhere', async () => {
    const { key } = await gateway.addKey(user.token, { allowed_ips: ['203.0.113.0/24'] });
    const inside = { 'x-forwarded-for': '203.0.113.9' };
    const { body } = await behind.ask('POST /v1/auth/login', { body: { api_key: key }, headers: inside });
    const token = body.access_token;
    expectError(await behind.ask('GET /v1/user/profile', { token }), 'IP_NOT_ALLOWED');
    expect((await behind.ask('GET /v1/user/profile', { token, headers: inside })).status).toBe(200);
    const refresh = { body: { refresh_token: body.refresh_token } };
    expectError(await behind.ask('POST /v1/auth/refresh', refresh), 'IP_NOT_ALLOWED');
    expect((await behind.ask('POST /v1/auth/refresh', { ...refresh, headers: inside })).status).toBe(200);
  });
});

async function testKeyOf(email: string): Promise<Body> {
  const { body } = await gateway.ask('POST /v1/auth/login', {
    body: { email, password: 'correct horse battery', mode: 'test' },
  });
  return gateway.addKey(body.access_token);
}

/** Everything but what is different in every two answers. */
function comparable({ status, headers, text }: Answer): string {
  const id = headers.get('x-request-id')!;
  const passing = ['x-request-id', 'date', 'ratelimit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];
  const rest = [...headers].map(([name, value]) => (passing.includes(name) ? name : `${name}: ${value}`));
  return JSON.stringify([status, rest, text.replaceAll(id, '')]);
}
