import { permissions } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { until } from '@musicgen/testing';
import { expectError, refusedFields } from './client';
import { password, startGateway, type TestGateway } from './gateway';

let gateway: TestGateway;
let user: Awaited<ReturnType<TestGateway['register']>>;

beforeAll(async () => {
  gateway = await startGateway();
  user = await gateway.register();
});
afterAll(() => gateway?.stop());

const keys = 'v1/user/api-keys';
const rotate = (who: { token?: string; key?: string }, id: string, body?: object, headers?: Record<string, string>) =>
  gateway.ask(`POST /${keys}/${id}/rotate`, { ...who, body, headers });
const profile = (key: string) => gateway.ask('GET /v1/user/profile', { key });
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const stored = async (id: string) => (await gateway.ask(`GET /${keys}/${id}`, user)).body;

describe('a rotated key', () => {
  it('is replaced by one with the same settings, and works until its overlap ends', async () => {
    const rights = { permissions: ['user:read'] as const, allowed_ips: ['127.0.0.0/8'], expires_at: inDays(60) };
    const old = await gateway.addKey(user.token, { ...rights, permissions: ['user:read'], name: 'mine' });
    const { status, body } = await rotate(user, old.id, { overlap_days: 3 });
    expect(status).toBe(201);
    expect(body).toMatchObject({ ...rights, name: 'mine', mode: 'live', status: 'active', last_used_at: null });
    expect(body.id).not.toBe(old.id);
    expect((await profile(body.key)).headers.has('deprecation')).toBe(false);
    const answer = await profile(old.key);
    expect(answer.status).toBe(200);
    const deprecated = Number(/^@(\d+)$/.exec(answer.headers.get('deprecation')!)?.[1]) * 1000;
    const sunset = Date.parse(answer.headers.get('sunset')!);
    expect(Math.abs(deprecated - Date.now())).toBeLessThan(60_000);
    expect(Math.round((sunset - deprecated) / 86_400_000)).toBe(3);
    expect(await stored(old.id)).toMatchObject({ status: 'rotating' });
    const { id, key: _, ...settings } = body;
    expect(await stored(id)).toMatchObject({ ...settings, last_used_at: null });
  });

  it('says so on every answer, a refusal and that of a session made from it included', async () => {
    const old = await gateway.addKey(user.token, { permissions: ['user:read'] });
    const { body: session } = await gateway.ask('POST /v1/auth/login', { body: { api_key: old.key } });
    await rotate(user, old.id);
    const answers = await Promise.all([
      gateway.ask('GET /v1/models', { key: old.key }),
      gateway.ask('GET /v1/user/profile?x=1', { key: old.key }),
      gateway.ask('GET /v1/user/profile', { token: session.access_token }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([403, 400, 200]);
    for (const { headers } of answers) {
      expect(headers.get('deprecation')).toMatch(/^@\d+$/);
      expect(Date.parse(headers.get('sunset')!)).toBeGreaterThan(Date.now() + 6.9 * 86_400_000);
    }
  });

  it('is refused at once with an overlap of none', async () => {
    const old = await gateway.addKey(user.token);
    const { body: session } = await gateway.ask('POST /v1/auth/login', { body: { api_key: old.key } });
    expect((await profile(old.key)).status).toBe(200);
    const { body } = await rotate(user, old.id, { overlap_days: 0 });
    expectError(await profile(old.key), 'API_KEY_EXPIRED');
    const { access_token: token } = session;
    expectError(await gateway.ask('GET /v1/user/profile', { token }), 'INVALID_TOKEN');
    expect((await profile(body.key)).status).toBe(200);
    expect(await stored(old.id)).toMatchObject({ status: 'expired' });
  });

  it('is refused once its overlap is over, and never works longer than it would have', async () => {
    const end = inDays(2);
    const old = await gateway.addKey(user.token, { expires_at: end });
    await rotate(user, old.id, { overlap_days: 30 });
    const { headers } = await profile(old.key);
    expect(Math.abs(Date.parse(headers.get('sunset')!) - Date.parse(end))).toBeLessThan(1_000);
    const other = await gateway.addKey(user.token);
    await rotate(user, other.id);
    await gateway.database.dataSource.query(
      `UPDATE api_keys SET retires_at = now() - interval '1 second' WHERE id = $1`,
      [other.id],
    );
    expectError(await profile(other.key), 'API_KEY_EXPIRED');
  });

  it('can be revoked at once, without its replacement', async () => {
    const old = await gateway.addKey(user.token);
    const { body } = await rotate(user, old.id);
    await gateway.ask(`DELETE /${keys}/${old.id}`, user);
    expectError(await profile(old.key), 'INVALID_API_KEY');
    expect((await profile(body.key)).status).toBe(200);
  });

  it('is told of by event', async () => {
    const old = await gateway.addKey(user.token);
    const jetstream = (await gateway.nats.connect('admin')).connection.jetstream();
    const { body } = await rotate(user, old.id);
    const consumer = await jetstream.consumers.get('EVENTS', { filterSubjects: 'auth.v1.event.api_key.rotated' });
    const event = await until(async () => {
      const message = await consumer.next({ expires: 1_000 });
      const payload = message?.json<{ key_id: string }>();
      return payload?.key_id === old.id && payload;
    }, 'the event');
    const expected = { key_id: old.id, replaced_by: body.id, user_id: user.user.id, mode: 'live' };
    expect(event).toEqual({ ...expected, retires_at: expect.any(String) });
  });
});

describe('a key that cannot be rotated', () => {
  it('is one that has been already, is over or revoked', async () => {
    const [rotated, revoked, expired] = [
      await gateway.addKey(user.token),
      await gateway.addKey(user.token),
      await gateway.addKey(user.token, { expires_at: inDays(1) }),
    ];
    const { body } = await rotate(user, rotated.id);
    await gateway.ask(`DELETE /${keys}/${revoked.id}`, user);
    await gateway.database.dataSource.query(
      `UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = $1`,
      [expired.id],
    );
    expectError(await rotate(user, rotated.id), 'CONFLICT', `Its replacement is ${body.id}`);
    expectError(await rotate(user, revoked.id), 'CONFLICT', 'The key is revoked; create a new one');
    expectError(await rotate(user, expired.id), 'CONFLICT', 'The key is expired; create a new one');
  });

  it('is replaced once, though it is asked for many times at once', async () => {
    const old = await gateway.addKey(user.token);
    const answers = await Promise.all(Array.from({ length: 8 }, () => rotate(user, old.id)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array<number>(7).fill(409)]);
  });

  it('is another user’s, the other mode’s, or none', async () => {
    const { id } = await gateway.addKey(user.token);
    const other = await gateway.register();
    const test = await gateway.ask('POST /v1/auth/login', { body: { email: user.email, password, mode: 'test' } });
    for (const token of [other.token, test.body.access_token]) expectError(await rotate({ token }, id), 'NOT_FOUND');
    expectError(await rotate(user, newId('key')), 'NOT_FOUND');
    expect(await stored(id)).toMatchObject({ status: 'active' });
  });

  it.each([{ overlap_days: -1 }, { overlap_days: 31 }, { overlap_days: 1.5 }, { overlap_days: '7' }, { days: 7 }])(
    'is one that is asked for with %j',
    async (body) => {
      const { id } = await gateway.addKey(user.token);
      expect(refusedFields(await rotate(user, id, body))).toEqual(Object.keys(body));
    },
  );
});

describe('a key that rotates keys', () => {
  it('may replace itself and those that can do no more than it', async () => {
    const { id, key } = await gateway.addKey(user.token, { permissions: ['api-keys:manage', 'user:read'] });
    const { id: lesser } = await gateway.addKey(user.token, { permissions: ['user:read'] });
    expect((await rotate({ key }, lesser)).status).toBe(201);
    const { status, body } = await rotate({ key }, id);
    expect(status).toBe(201);
    expect((await profile(body.key)).status).toBe(200);
  });

  it.each([
    [{ permissions: [...permissions] }, {}, /permissions\.\d+ must be a permission the caller has/],
    [{}, { expires_at: inDays(5) }, /expires_at is later/],
    [{ allowed_ips: ['0.0.0.0/0'] }, { allowed_ips: ['127.0.0.0/8'] }, /allowed_ips are more/],
  ])('is not handed %j by way of rotation when it has %j', async (wanted, own, details) => {
    const limited = { permissions: ['api-keys:manage' as const], ...own };
    const { key } = await gateway.addKey(user.token, limited);
    const { id } = await gateway.addKey(user.token, { permissions: ['api-keys:manage'], ...wanted });
    expectError(await rotate({ key }, id), 'INSUFFICIENT_PERMISSIONS', expect.stringMatching(details));
    expect(await stored(id)).toMatchObject({ status: 'active' });
  });

  it('makes nothing that outlives it, once it has been replaced itself', async () => {
    const old = await gateway.addKey(user.token);
    await rotate(user, old.id, { overlap_days: 1 });
    const { id } = await gateway.addKey(user.token);
    expectError(await rotate({ key: old.key }, id), 'INSUFFICIENT_PERMISSIONS');
    const body = { name: 'x', permissions: ['user:read'] };
    const made = await gateway.ask(`POST /${keys}`, { key: old.key, body });
    const { headers } = await profile(old.key);
    const ends = Date.parse((made.body as unknown as { expires_at: string }).expires_at);
    expect(Math.abs(ends - Date.parse(headers.get('sunset')!))).toBeLessThan(1_000);
  });
});
