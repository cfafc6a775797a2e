import { AppError } from '@musicgen/error-codes';
import {
  listAllCredentials,
  listAllCredentialsRoute,
  listDeadJobs,
  requeueDeadJob,
  sessionRevoked,
  type PageRequest,
  type Principal,
} from '@musicgen/platform-contracts';
import { newId, type Call } from '@musicgen/service-kit';
import { until } from '@musicgen/testing';
import { administrator } from './administrator';
import { expectError, refusedFields, type Body } from './client';
import { password, startGateway, type TestGateway } from './gateway';

let gateway: TestGateway;
let second: Awaited<ReturnType<TestGateway['startSecond']>>;
let admin: Awaited<ReturnType<typeof administrator>>;
beforeAll(async () => {
  gateway = await startGateway({ PUBLIC_URL: 'http://music.example.com' });
  second = await gateway.startSecond();
  admin = await administrator(gateway);
});
afterAll(async () => {
  await second?.stop();
  await gateway?.stop();
});

const rows = <T>(sql: string, ...parameters: unknown[]): Promise<T[]> =>
  gateway.database.dataSource.query(sql, parameters);
const ids = ({ data }: Body) => data.map(({ id }) => id);
const change = (id: string, body: object, who: { token: string } = admin) =>
  gateway.ask(`PATCH /v1/admin/users/${id}`, { token: who.token, body });
const loginOf = async (email: string) =>
  (await gateway.ask('POST /v1/auth/login', { body: { email, password } })).body.access_token;

describe('GET /v1/admin/users', () => {
  const list = async (query: string) => (await gateway.ask(`GET /v1/admin/users?${query}`, admin)).body;

  it('finds users by a part of address or name, by id, tier, role and lock', async () => {
    const one = await gateway.register();
    await gateway.ask('PUT /v1/user/profile', { ...one, body: { name: '100% Ada' } });
    await change(one.user.id, { tier: 'enterprise' });
    expect(ids(await list(`q=${one.email.slice(5, 25).toUpperCase()}`))).toEqual([one.user.id]);
    expect(ids(await list(`q=${one.user.id}`))).toEqual([one.user.id]);
    expect(ids(await list(`q=${encodeURIComponent('0% a')}`))).toEqual([one.user.id]);
    expect(ids(await list(`q=${encodeURIComponent('%_%')}`))).toEqual([]);
    expect(ids(await list('tier=enterprise'))).toEqual([one.user.id]);
    expect(ids(await list('role=admin'))).toContain(admin.user.id);
    expect(ids(await list('role=admin&tier=enterprise'))).toEqual([]);
    expect(ids(await list('locked=true'))).toEqual([]);
    const { data } = await list(`q=${one.user.id}&locked=false`);
    expect(data).toEqual([
      {
        ...{ id: one.user.id, email: one.email, name: '100% Ada', tier: 'enterprise', role: 'user', locked: false },
        ...{ email_verified_at: null, created_at: expect.any(String) },
      },
    ]);
  });

  it('shows each once, page by page, newest first', async () => {
    const made = [await gateway.register(), await gateway.register(), await gateway.register()];
    const all: string[] = [];
    for (let cursor = ''; ;) {
      const page = await list(`limit=2${cursor && `&cursor=${cursor}`}`);
      all.push(...ids(page));
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    expect(new Set(all).size).toBe(all.length);
    expect(all.slice(0, 3)).toEqual(made.map(({ user }) => user.id).reverse());
  });

  it('names what it does not understand', async () => {
    for (const [query, path] of [
      ['tier=gold', 'query.tier'],
      ['role=king', 'query.role'],
      ['locked=perhaps', 'query.locked'],
      ['q=', 'query.q'],
    ] as const) {
      expect(refusedFields(await gateway.ask(`GET /v1/admin/users?${query}`, admin))).toEqual([path]);
    }
  });
});

describe('PATCH /v1/admin/users/{id}', () => {
  it('changes the tier on every gateway within a second', async () => {
    const { token, user } = await gateway.register();
    const tierAt = async (ask: typeof gateway.ask) => {
      const { headers } = await ask('GET /v1/user/profile', { token });
      return headers.get('x-ratelimit-limit');
    };
    const before = await tierAt(second.ask);
    expect(await change(user.id, { tier: 'pro' })).toMatchObject({ status: 200, body: { tier: 'pro', role: 'user' } });
    await until(async () => (await tierAt(second.ask)) !== before, 'the limits of the new tier');
    expect((await gateway.ask('GET /v1/user/profile', { token })).body).toMatchObject({ tier: 'pro' });
  });

  it('makes an administrator, and takes the role away again', async () => {
    const { token, user } = await gateway.register();
    expectError(await gateway.ask('GET /v1/admin/users', { token }), 'INSUFFICIENT_PERMISSIONS');
    await change(user.id, { role: 'admin' });
    await until(async () => (await second.ask('GET /v1/admin/users', { token })).status === 200);
    await change(user.id, { role: 'user' });
    await until(async () => (await second.ask('GET /v1/admin/users', { token })).status === 403);
  });

  it('locks: sessions end and are told of, keys are refused, nobody logs in; unlocked, keys work again', async () => {
    const { token, user, email } = await gateway.register();
    const { key } = await gateway.addKey(token);
    expect(await change(user.id, { locked: true })).toMatchObject({ status: 200, body: { locked: true } });
    for (const { ask } of [gateway, second]) {
      await until(async () => (await ask('GET /v1/user/profile', { token })).status === 401);
      await until(async () => (await ask('GET /v1/user/profile', { key })).status === 401);
    }
    expectError(await gateway.ask('POST /v1/auth/login', { body: { email, password } }), 'INVALID_CREDENTIALS');
    const ended = await rows(`SELECT id FROM sessions WHERE user_id = $1 AND revoked_at IS NULL`, user.id);
    expect(ended).toEqual([]);
    expect(sessionRevoked.subscribers).toContain('musicgen');

    await change(user.id, { locked: false });
    await until(async () => (await second.ask('GET /v1/user/profile', { key })).status === 200);
    expectError(await gateway.ask('GET /v1/user/profile', { token }), 'INVALID_TOKEN');
    expect(await loginOf(email)).toMatch(/^ey/);
  });

  it('leaves an administrator, however many go at once', async () => {
    const made = [await administrator(gateway), await administrator(gateway)];
    const all = [admin, ...made];
    const gone = await Promise.all(
      all.map(({ user }, index) => change(user.id, index % 2 ? { locked: true } : { role: 'user' }, all[index])),
    );
    expect(gone.filter(({ status }) => status === 200).length).toBeLessThan(3);
    const left = await rows<{ id: string }>(`SELECT id FROM users WHERE role = 'admin' AND NOT is_locked`);
    expect(left.length).toBeGreaterThan(0);
    // Back to one, for the tests behind this one.
    await rows(`UPDATE users SET role = 'user' WHERE id <> $1`, admin.user.id);
    await rows(`UPDATE users SET role = 'admin', is_locked = false WHERE id = $1`, admin.user.id);
    admin = { ...admin, token: await loginOf(admin.email) };
    const last = 'The last administrator cannot lose the role or be locked';
    await until(async () => (await gateway.ask('GET /v1/admin/users', admin)).status === 200);
    expectError(await change(admin.user.id, { role: 'user' }), 'CONFLICT', last);
    expectError(await change(admin.user.id, { locked: true }), 'CONFLICT', last);
    expect(await change(admin.user.id, { tier: 'pro' })).toMatchObject({ status: 200 });
  });

  it('refuses what changes nothing that there is', async () => {
    expectError(await change(newId('user'), { tier: 'pro' }), 'NOT_FOUND');
    expectError(await change('user_1', { tier: 'pro' }), 'NOT_FOUND');
    expect((await change(admin.user.id, {})).status).toBe(400);
    expect(refusedFields(await change(admin.user.id, { tier: 'gold' }))).toEqual(['tier']);
    expect(refusedFields(await change(admin.user.id, { email: 'x@example.com' }))).toEqual(['email']);
  });
});

it('lists everybody’s credentials as the vault gives them to an administrator', async () => {
  const asked: { request: object; principal: Principal }[] = [];
  const [row] = listAllCredentialsRoute.example.response.data;
  const vault = await gateway.answerAs('vault', [
    listAllCredentials,
    (request: object, { principal }: Call) => {
      asked.push({ request, principal: principal! });
      return { data: [{ ...row, fields: { client_secret: 'x' } }], next_cursor: null };
    },
  ]);
  const answer = await gateway.ask('GET /v1/admin/credentials?platform=spotify&active=true&limit=5', admin);
  await vault.close();
  expect(answer.body).toEqual({ data: [row], next_cursor: null });
  const principal = { user_id: admin.user.id, role: 'admin', method: 'password' };
  expect(asked).toMatchObject([{ request: { limit: 5, platform: 'spotify', active: true }, principal }]);
});

describe('dead jobs', () => {
  const dead = (id: string) => ({
    ...{ id, kind: 'generation', resource_id: newId('gen'), user_id: admin.user.id, mode: 'live' as const },
    ...{ attempts: 5, problem: 'INTERNAL_ERROR', request_id: newId('req') },
    ...{ created_at: '2026-11-20T10:00:00.000Z', finished_at: '2026-11-20T10:04:00.000Z' },
  });

  /** A delivery that was given up. */
  async function deadDelivery() {
    const [id, delivery] = [newId('job'), newId('dlv')];
    await rows(
      `INSERT INTO webhook_deliveries VALUES ($1, 'hook', $2, 'live', $1, 'x', 'x', '{}', 'failed', '[]', now())`,
      ...[delivery, admin.user.id],
    );
    await rows(
      `INSERT INTO jobs (id, kind, resource_id, user_id, mode, principal, request_id, traceparent, concurrency, state,
                         attempts, problem, finished_at)
       VALUES ($1, 'webhook_delivery', $2, $3, 'live', '{}', 'req_1', 'x', 1, 'dead', 8, 'SERVICE_UNAVAILABLE', now())`,
      ...[id, delivery, admin.user.id],
    );
    return { id, delivery };
  }

  it('of all services are one list, newest first, and of one service when it is named', async () => {
    const made = [];
    for (let i = 0; i < 3; i++) made.unshift((await deadDelivery()).id, newId('job'));
    const others = made.filter((_, index) => index % 2).map(dead);
    const listed = ({ limit, cursor }: PageRequest) => {
      const rest = others.filter(({ id }) => !cursor || id < cursor);
      return { data: rest.slice(0, limit), next_cursor: rest.length > limit ? rest[limit - 1]!.id : null };
    };
    const musicgen = await gateway.answerAs('musicgen', [listDeadJobs, listed]);
    const all: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await gateway.ask(
        `GET /v1/admin/jobs?state=dead&limit=2${cursor && `&cursor=${cursor}`}`,
        admin,
      );
      all.push(...ids(body));
      if (body.next_cursor === null) break;
      cursor = body.next_cursor;
    }
    expect(all).toEqual(made.toSorted().reverse());
    const own = await gateway.ask('GET /v1/admin/jobs?service=auth', admin);
    expect(ids(own.body)).toEqual(made.filter((_, index) => index % 2 === 0));
    expect(own.body.data[0]).toMatchObject({ service: 'auth', state: 'dead', kind: 'webhook_delivery', attempts: 8 });
    expect((await gateway.ask('GET /v1/admin/jobs?service=musicgen', admin)).body.data).toHaveLength(3);
    await musicgen.close();
    expectError(await gateway.ask('GET /v1/admin/jobs', admin), 'SERVICE_UNAVAILABLE');
    expect(refusedFields(await gateway.ask('GET /v1/admin/jobs?state=queued', admin))).toEqual(['query.state']);
    await rows(`DELETE FROM jobs`);
  });

  it('are tried anew, once, when they are the gateway’s own', async () => {
    const { id, delivery } = await deadDelivery();
    const musicgen = await gateway.answerAs('musicgen', [requeueDeadJob, notFound]);
    const answers = await Promise.all([1, 2].map(() => gateway.ask(`POST /v1/admin/jobs/${id}/requeue`, admin)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 404]);
    const requeued = answers.find(({ status }) => status === 202)!;
    expect(requeued.body).toMatchObject({ id, service: 'auth', state: 'queued', resource_id: delivery });
    // Its endpoint is gone: there is nothing to send, and the job is done.
    await until(
      async () => (await rows<{ state: string }>(`SELECT state FROM jobs WHERE id = $1`, id))[0]!.state === 'succeeded',
    );
    await musicgen.close();
  });

  it('of another service are requeued there', async () => {
    const job = dead(newId('job'));
    const musicgen = await gateway.answerAs('musicgen', [
      requeueDeadJob,
      ({ id }: { id: string }) => (id === job.id ? job : notFound()),
    ]);
    const answer = await gateway.ask(`POST /v1/admin/jobs/${job.id}/requeue`, admin);
    expect(answer).toMatchObject({ status: 202, body: { ...job, service: 'musicgen', state: 'queued' } });
    expectError(await gateway.ask(`POST /v1/admin/jobs/${newId('job')}/requeue`, admin), 'NOT_FOUND');
    await musicgen.close();
  });

  const notFound = (): never => {
    throw new AppError('NOT_FOUND');
  };
});
