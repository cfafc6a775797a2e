import { sessionRevoked, type Permission } from '@musicgen/platform-contracts';
import { until } from '@musicgen/testing';
import { expectError, refusedFields } from './client';
import { password, startGateway, type TestGateway } from './gateway';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.stop());

const login = (body: object, headers?: Record<string, string>) => gateway.ask('POST /v1/auth/login', { body, headers });
const refresh = (token: string) => gateway.ask('POST /v1/auth/refresh', { body: { refresh_token: token } });
const sessions = (token: string, query = '') => gateway.ask(`GET /v1/auth/sessions${query}`, { token });
const profile = (token: string) => gateway.ask('GET /v1/user/profile', { token });

describe('the list of sessions', () => {
  it('shows each with device, address and last use, the newest first, and which is the present one', async () => {
    const { email, token } = await gateway.register();
    const phone = await login({ email, password }, { 'user-agent': 'a phone' });
    const { body } = await sessions(token);
    expect(body.data).toEqual([
      expect.objectContaining({ device: 'a phone', address: '127.0.0.1', method: 'password', is_current: false }),
      expect.objectContaining({ is_current: true, key_id: null, last_used_at: expect.stringMatching(/\.\d{3}Z$/) }),
    ]);
    expect(JSON.stringify(body)).not.toContain(phone.body.refresh_token);
  });

  it('comes in pages', async () => {
    const { email, token } = await gateway.register();
    await login({ email, password });
    const first = (await sessions(token, '?limit=1')).body;
    const second = (await sessions(token, `?limit=1&cursor=${first.next_cursor}`)).body;
    expect([first.data.length, second.data.length, second.next_cursor]).toEqual([1, 1, null]);
    expect(second.data[0]!.id).not.toBe(first.data[0]!.id);
    expect(refusedFields(await sessions(token, '?cursor=x'))).toEqual(['query.cursor']);
  });

  it('holds no session of another user, of the other mode, or that has ended', async () => {
    const { email, token } = await gateway.register();
    await gateway.register();
    await login({ email, password, mode: 'test' });
    const over = (await login({ email, password })).body.access_token;
    await gateway.ask('POST /v1/auth/logout', { token: over });
    const { body } = await sessions(token);
    expect(body.data).toEqual([expect.objectContaining({ is_current: true, mode: 'live' })]);
  });

  it('shows a later use soon after it', async () => {
    const { token } = await gateway.register();
    const [before] = (await sessions(token)).body.data as unknown as { last_used_at: string }[];
    await until(async () => {
      const [now] = (await sessions(token)).body.data as unknown as { last_used_at: string }[];
      return now!.last_used_at > before!.last_used_at;
    }, 'the use to be stored');
  });
});

describe('ending a session from the list', () => {
  it('ends it at once, and no other', async () => {
    const { email, token } = await gateway.register();
    const { body: lost } = await login({ email, password });
    const other = (await sessions(token)).body.data.find(
      (session) => !(session as { is_current?: boolean }).is_current,
    )!;
    for (let time = 0; time < 2; time++) {
      expect((await gateway.ask(`DELETE /v1/auth/sessions/${other.id}`, { token })).status).toBe(204);
    }
    expectError(await profile(lost.access_token), 'INVALID_TOKEN');
    expectError(await refresh(lost.refresh_token), 'INVALID_REFRESH_TOKEN');
    expect((await profile(token)).status).toBe(200);
  });

  it('does not find another user’s, nor one of the other mode', async () => {
    const { email, token } = await gateway.register();
    const stranger = await gateway.register();
    const other = (await login({ email, password, mode: 'test' })).body.access_token;
    for (const foreign of [stranger.token, other]) {
      const [theirs] = (await sessions(foreign)).body.data;
      expectError(await gateway.ask(`DELETE /v1/auth/sessions/${theirs!.id}`, { token }), 'NOT_FOUND');
      expect((await profile(foreign)).status).toBe(200);
    }
    expectError(await gateway.ask('DELETE /v1/auth/sessions/sess_x', { token }), 'NOT_FOUND');
  });

  it('is told to other services', async () => {
    const { token } = await gateway.register();
    const [own] = (await sessions(token)).body.data;
    await gateway.ask(`DELETE /v1/auth/sessions/${own!.id}`, { token });
    const link = await gateway.nats.connect('admin');
    const { streams } = await link.connection.jetstreamManager();
    await until(async () => {
      const told = await streams.getMessage('EVENTS', { last_by_subj: sessionRevoked.subject }).catch(() => null);
      return told?.json<{ session_id: string }>().session_id === own!.id;
    }, 'the event');
  });
});

describe('the other mode', () => {
  it('is a session of its own, in which nothing of the first is seen', async () => {
    const { token } = await gateway.register();
    await gateway.addKey(token);
    const changed = await gateway.ask('POST /v1/auth/mode', { token, body: { mode: 'test' } });
    expect(changed).toMatchObject({ status: 200, body: { token_type: 'bearer', refresh_token: expect.any(String) } });
    const other = changed.body.access_token;
    expect((await profile(other)).body.mode).toBe('test');
    expect((await gateway.ask('GET /v1/user/api-keys', { token: other })).body.data).toEqual([]);
    expect((await profile(token)).body.mode).toBe('live');
    expect((await profile((await refresh(changed.body.refresh_token)).body.access_token)).body.mode).toBe('test');
  });

  it('lasts no longer than the login that it goes back to', async () => {
    const { token, user } = await gateway.register();
    const started = new Date(Date.now() - 50 * 86_400_000).toISOString();
    await gateway.database.dataSource.query('UPDATE sessions SET created_at = $2 WHERE user_id = $1', [
      user.id,
      started,
    ]);
    const { body } = await gateway.ask('POST /v1/auth/mode', { token, body: { mode: 'test' } });
    expect((await sessions(body.access_token)).body.data).toEqual([expect.objectContaining({ created_at: started })]);
  });
});

describe('a session made from an API key', () => {
  const beginWith = async (rights: { permissions?: Permission[]; allowed_ips?: string[] }) => {
    const { token } = await gateway.register();
    const key = await gateway.addKey(token, rights);
    const { body } = await login({ api_key: key.key });
    return { owner: token, key, body };
  };

  it('has the permissions of its key and no more, also after a refresh', async () => {
    const { body } = await beginWith({ permissions: ['user:read'] });
    const refreshed = (await refresh(body.refresh_token)).body;
    for (const { access_token: token } of [body, refreshed]) {
      expect((await profile(token)).status).toBe(200);
      expectError(await gateway.ask('GET /v1/user/api-keys', { token }), 'INSUFFICIENT_PERMISSIONS');
      for (const route of ['GET /v1/auth/sessions', 'POST /v1/auth/logout'])
        expectError(await gateway.ask(route, { token }), 'INSUFFICIENT_PERMISSIONS');
      const mode = await gateway.ask('POST /v1/auth/mode', { token, body: { mode: 'test' } });
      expectError(mode, 'INSUFFICIENT_PERMISSIONS');
    }
  });

  it('has the mode of its key; another is a mistake that names the field', async () => {
    const { key } = await beginWith({});
    expect(refusedFields(await login({ api_key: key.key, mode: 'test' }))).toEqual(['mode']);
    expect((await login({ api_key: key.key, mode: 'live' })).status).toBe(200);
  });

  it('works from the addresses of its key only: no login, no request, no refresh from others', async () => {
    const { owner, key, body } = await beginWith({ allowed_ips: ['127.0.0.0/8'] });
    await gateway.database.dataSource.query(`UPDATE api_keys SET allowed_ips = '{203.0.113.0/24}' WHERE id = $1`, [
      key.id,
    ]);
    // Another process, which has seen none of it.
    const second = await gateway.startSecond();
    try {
      expectError(await second.ask('POST /v1/auth/login', { body: { api_key: key.key } }), 'IP_NOT_ALLOWED');
      expectError(
        await second.ask('POST /v1/auth/refresh', { body: { refresh_token: body.refresh_token } }),
        'IP_NOT_ALLOWED',
      );
      expect((await profile(owner)).status).toBe(200);
    } finally {
      await second.stop();
    }
  });

  it('ends with its key', async () => {
    const { owner, key, body } = await beginWith({});
    await gateway.ask(`DELETE /v1/user/api-keys/${key.id}`, { token: owner });
    expectError(await profile(body.access_token), 'INVALID_TOKEN');
    expectError(await refresh(body.refresh_token), 'INVALID_REFRESH_TOKEN');
    expectError(await login({ api_key: key.key }), 'INVALID_API_KEY');
    expect((await sessions(owner)).body.data).toHaveLength(1);
  });
});
