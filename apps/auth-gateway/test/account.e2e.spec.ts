import { userDeleted } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { until } from '@musicgen/testing';
import { administrator } from './administrator';
import { expectError, refusedFields } from './client';
import { password, startGateway, type TestGateway } from './gateway';

const publicUrl = 'http://music.example.com';

let gateway: TestGateway;
let second: Awaited<ReturnType<TestGateway['startSecond']>>;
beforeAll(async () => {
  gateway = await startGateway({ PUBLIC_URL: publicUrl });
  second = await gateway.startSecond();
});
afterAll(async () => {
  await second?.stop();
  await gateway?.stop();
});

const rows = <T>(sql: string, ...parameters: unknown[]): Promise<T[]> =>
  gateway.database.dataSource.query(sql, parameters);
const deleteAccount = (who: object, body: object = { password }) => gateway.ask('DELETE /v1/user', { ...who, body });

/** Every table with a column for whose it is, but for the record and what is still to do. */
async function tablesOfUsers(): Promise<string[]> {
  const found = await rows<{ table_name: string }>(
    `SELECT table_name FROM information_schema.columns WHERE table_schema = 'auth' AND column_name = 'user_id'`,
  );
  const others = ['security_events', 'user_deletions'];
  return found.map(({ table_name }) => table_name).filter((name) => !others.includes(name));
}

/** Somebody with something in every table. */
async function somebody() {
  const { token, user, email } = await gateway.register();
  const key = await gateway.addKey(token);
  const hook = { url: `https://example.com/${newId('req')}`, events: ['api_key.revoked'] };
  const webhook = await gateway.ask('POST /v1/webhooks', { token, body: hook });
  expect(webhook.status).toBe(201);
  await gateway.ask('POST /v1/user/api-keys', {
    token,
    body: { name: 'again', permissions: ['generate'] },
    headers: { 'idempotency-key': newId('req') },
  });
  const { body: testMode } = await gateway.ask('POST /v1/auth/mode', { token, body: { mode: 'test' } });
  await rows(
    `INSERT INTO one_time_tokens VALUES ($1, $2, 'reset_password', now(), now() + interval '1 hour')`,
    email,
    user.id,
  );
  await rows(`INSERT INTO request_days VALUES ($1, 'live', current_date, '', 'GET /v1/models', '2xx', 1)`, user.id);
  await rows(
    `INSERT INTO generation_webhooks (generation_id, webhook_id) VALUES ($1, $2)`,
    newId('gen'),
    webhook.body.id,
  );
  const delivery = newId('dlv');
  await rows(
    `INSERT INTO webhook_deliveries VALUES ($1, $2, $3, 'live', $1, 'api_key.revoked', 'x', '{}', 'pending', '[]', now())`,
    ...[delivery, webhook.body.id, user.id],
  );
  await rows(
    `INSERT INTO jobs (id, kind, resource_id, user_id, mode, principal, request_id, traceparent, concurrency, not_before)
     VALUES ($1, 'webhook_delivery', $2, $3, 'live', '{}', 'x', 'x', 1, now() + interval '1 day')`,
    ...[newId('job'), delivery, user.id],
  );
  await rows(
    `INSERT INTO mails VALUES ($1, 'password_changed', $2, 0, now() + interval '1 day', now())`,
    newId('job'),
    email,
  );
  return { token, user, email, key: key.key, testToken: testMode.access_token, webhookId: webhook.body.id };
}

describe('DELETE /v1/user', () => {
  it('ends sessions and keys at once, on every gateway, and the address is free again', async () => {
    const { token, testToken, key, email } = await somebody();
    for (const who of [{ token }, { token: testToken }, { key }]) {
      expect(await second.ask('GET /v1/user/profile', who)).toMatchObject({ status: 200 });
    }
    expect(await deleteAccount({ token })).toMatchObject({ status: 204, text: '' });
    for (const { ask } of [gateway, second]) {
      const isOver = async (who: object) => (await ask('GET /v1/user/profile', who)).status === 401;
      await until(async () => (await isOver({ token })) && (await isOver({ token: testToken })) && isOver({ key }));
    }
    expectError(await gateway.ask('POST /v1/auth/login', { body: { email, password } }), 'INVALID_CREDENTIALS');
    expect(await gateway.ask('POST /v1/auth/register', { body: { email, password } })).toMatchObject({ status: 201 });
  });

  it('leaves nothing of the user in any table, and tells the other services in the same transaction', async () => {
    const { token, user, email, webhookId } = await somebody();
    const others = await somebody();
    const count = async (userId: string) => {
      const tables = await tablesOfUsers();
      const counts = tables.map(async (table) => {
        const [row] = await rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE user_id = $1`, userId);
        return [table, row!.n] as const;
      });
      return Object.fromEntries(await Promise.all(counts));
    };
    const before = await count(user.id);
    expect(Object.entries(before).filter(([, n]) => n === 0)).toEqual([]);
    expect((await deleteAccount({ token })).status).toBe(204);
    expect(Object.values(await count(user.id)).filter((n) => n > 0)).toEqual([]);
    expect(await rows(`SELECT id FROM users WHERE id = $1`, user.id)).toEqual([]);
    expect(await rows(`SELECT id FROM mails WHERE email = $1`, email)).toEqual([]);
    expect(await rows(`SELECT * FROM generation_webhooks WHERE webhook_id = $1`, webhookId)).toEqual([]);
    expect(Object.entries(await count(others.user.id)).filter(([, n]) => n === 0)).toEqual([]);
    // The outbox is empty once the event is out; that it was there, this service's own consumer shows.
    await until(async () => (await rows(`SELECT * FROM user_deletions WHERE user_id = $1`, user.id)).length === 1);
  });

  it('looks again for what requests under way have left behind', async () => {
    const { token, user } = await somebody();
    await deleteAccount({ token });
    await until(async () => {
      const [row] = await rows<{ is_put_off: boolean }>(
        `SELECT not_before > heard_at + interval '5 minutes' AS is_put_off FROM user_deletions WHERE user_id = $1`,
        user.id,
      );
      return row?.is_put_off;
    });
    await rows(`INSERT INTO request_days VALUES ($1, 'live', current_date, '', 'GET /v1/models', '2xx', 1)`, user.id);
    await rows(
      `UPDATE user_deletions SET heard_at = now() - interval '11 minutes', not_before = now() WHERE user_id = $1`,
      user.id,
    );
    await until(async () => (await rows(`SELECT * FROM user_deletions WHERE user_id = $1`, user.id)).length === 0);
    expect(await rows(`SELECT * FROM request_days WHERE user_id = $1`, user.id)).toEqual([]);
  });

  it('asks for the password, and can be guessed at no more often than a login', async () => {
    const { token, email } = await gateway.register();
    expect(refusedFields(await deleteAccount({ token }, {}))).toEqual(['password']);
    for (let tries = 0; tries < 10; tries++) {
      expectError(await deleteAccount({ token }, { password: `wrong ${tries}` }), 'INVALID_CREDENTIALS');
    }
    expectError(await deleteAccount({ token }), 'ACCOUNT_LOCKED');
    expectError(await gateway.ask('POST /v1/auth/login', { body: { email, password } }), 'ACCOUNT_LOCKED');
    expect(await gateway.ask('GET /v1/user/profile', { token })).toMatchObject({ status: 200 });
  });

  it('does it once when it is asked twice at the same time', async () => {
    const { token, user } = await gateway.register();
    const answers = await Promise.all([deleteAccount({ token }), deleteAccount({ token })]);
    for (const { status } of answers) expect([204, 401, 404]).toContain(status);
    expect(answers.map(({ status }) => status)).toContain(204);
    const noted = await rows(`SELECT id FROM security_events WHERE action = 'user_deleted' AND user_id = $1`, user.id);
    expect(noted).toHaveLength(1);
  });

  it('takes the cookie away with the account', async () => {
    const { email } = await gateway.register();
    const login = await gateway.ask('POST /v1/auth/login', { body: { email, password, cookie: true } });
    const cookie = login.headers.get('set-cookie')!.split(';')[0]!;
    const answer = await deleteAccount({ headers: { cookie, origin: publicUrl } });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toMatch(/^session=;/);
  });

  it('is nothing for the last administrator', async () => {
    const [one, other] = [await administrator(gateway), await administrator(gateway)];
    const answers = await Promise.all([deleteAccount(one), deleteAccount(other)]);
    const [refused] = answers.filter(({ status }) => status !== 204);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expectError(refused!, 'CONFLICT', 'The last administrator cannot delete himself');
  });

  it('tells of it by an event that carries the id alone', () => {
    expect(userDeleted.payload.parse({ user_id: newId('user'), email: 'x' })).toEqual({
      user_id: expect.stringMatching(/^user_/),
    });
    expect(userDeleted.subscribers).toEqual(expect.arrayContaining(['vault', 'musicgen']));
  });
});
