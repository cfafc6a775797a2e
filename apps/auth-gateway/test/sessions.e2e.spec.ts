import { getUsage } from '@musicgen/platform-contracts';
import { until } from '@musicgen/testing';
import { expectError, refusedFields, type Body } from './client';
import { password, startGateway, type TestGateway } from './gateway';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.stop());

const login = (body: object) => gateway.ask('POST /v1/auth/login', { body });
const refresh = (token: string) => gateway.ask('POST /v1/auth/refresh', { body: { refresh_token: token } });
const profile = (token: string) => gateway.ask('GET /v1/user/profile', { token });

describe('registration and login', () => {
  it('registers a user, whose token then opens the profile', async () => {
    const body = { email: 'Ada@Example.com', password, name: 'Ada' };
    const registered = await gateway.ask('POST /v1/auth/register', { body });
    expect(registered).toMatchObject({
      status: 201,
      body: {
        access_token: expect.stringMatching(/^eyJ/),
        token_type: 'bearer',
        expires_in: 3600,
        refresh_token: expect.stringMatching(/^refresh_[\w-]{43}$/),
        user: { id: expect.stringMatching(/^user_/), email: 'ada@example.com', tier: 'free', usage: null },
      },
    });
    expect(registered.headers.get('cache-control')).toBe('no-store');
    expect((await profile(registered.body.access_token)).body).toEqual({
      id: registered.body.user.id,
      email: 'ada@example.com',
      name: 'Ada',
      tier: 'free',
      mode: 'live',
      usage: null,
      created_at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
    });
  });

  it('changes the name that the profile shows', async () => {
    const { token } = await gateway.register();
    const named = (name: unknown) => gateway.ask('PUT /v1/user/profile', { token, body: { name } });
    expect((await named('  Grace  ')).body).toMatchObject({ name: 'Grace' });
    expect((await named(null)).body).toMatchObject({ name: null });
    expect(refusedFields(await named(''))).toEqual(['name']);
    expect(refusedFields(await named('a\u0000b'))).toEqual(['body']);
  });

  it('refuses an address that is taken, written in any case', async () => {
    const { email } = await gateway.register();
    const again = { email: email.toUpperCase(), password };
    expectError(await gateway.ask('POST /v1/auth/register', { body: again }), 'CONFLICT');
  });

  it('makes one user of two registrations at once', async () => {
    const body = { email: 'twice@example.com', password };
    const both = await Promise.all([1, 2].map(() => gateway.ask('POST /v1/auth/register', { body })));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it.each([
    ['short', 'password'],
    ['x'.repeat(129), 'password'],
    ['password123', 'password'],
    ['somebody@example.com', 'password'],
  ])('refuses the password %s and names the field, not the password', async (bad, field) => {
    const answer = await gateway.ask('POST /v1/auth/register', {
      body: { email: 'somebody@example.com', password: bad },
    });
    expect(refusedFields(answer)).toEqual([field]);
    expect(answer.text).not.toContain(bad);
  });

  it('logs in by password, in the mode that is asked for', async () => {
    const { email } = await gateway.register();
    const { status, body } = await login({ email: ` ${email.toUpperCase()}`, password, mode: 'test' });
    expect(status).toBe(200);
    expect((await profile(body.access_token)).body).toMatchObject({ email, mode: 'test' });
  });

  it('says the same of a wrong password and an unknown address', async () => {
    const { email } = await gateway.register();
    const wrong = await login({ email, password: 'not the password' });
    const unknown = await login({ email: 'nobody@example.com', password: 'not the password' });
    expectError(wrong, 'INVALID_CREDENTIALS');
    expect(withoutId(unknown.body.error)).toEqual(withoutId(wrong.body.error));
    expect([...unknown.headers.keys()]).toEqual([...wrong.headers.keys()]);
    expect(wrong.headers.get('www-authenticate')).toBe('Bearer realm="musicgen"');
  });

  it('ignores a credential that comes with a login, as a client may send one with everything', async () => {
    const { email } = await gateway.register();
    const answer = await gateway.ask('POST /v1/auth/login', { token: 'stale', body: { email, password } });
    expect(answer.status).toBe(200);
  });

  it('shows what is left of the day while musicgen-api is there', async () => {
    const usage = { generations_remaining: 7, reset_date: '2026-11-21T00:00:00.000Z' };
    const musicgen = await gateway.answerAs('musicgen', [getUsage, () => usage]);
    // Nobody is kept waiting for it: an answer that is slow in coming is null.
    const { token, user } = await until(async () => {
      const registered = await gateway.register();
      return registered.user.usage !== null && registered;
    }, 'what is left, at the registration');
    expect(user.usage).toEqual(usage);
    const shown = await until(async () => (await profile(token)).body.usage, 'what is left, in the profile');
    expect(shown).toEqual(usage);
    await musicgen.close();
    expect((await profile(token)).body.usage).toBeNull();
  });
});

describe('refresh tokens', () => {
  it('serve a client that stores each new one', async () => {
    let { refresh_token: token } = await gateway.register();
    for (let round = 0; round < 3; round++) {
      const { status, body } = await refresh(token);
      expect(status).toBe(200);
      expect(body.refresh_token).not.toBe(token);
      expect((await profile(body.access_token)).status).toBe(200);
      token = body.refresh_token;
    }
  });

  it('serve a client that keeps its first for ever', async () => {
    const { refresh_token: first } = await gateway.register();
    for (let round = 0; round < 3; round++) {
      const { status, body } = await refresh(first);
      expect(status).toBe(200);
      expect((await profile(body.access_token)).status).toBe(200);
    }
  });

  it.each(['stores', 'keeps'])('serve two tabs at once of a client that %s', async (kind) => {
    let { refresh_token: token } = await gateway.register();
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all([refresh(token), refresh(token)]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(answers[0]!.body.refresh_token).toBe(answers[1]!.body.refresh_token);
      if (kind === 'stores') token = answers[0]!.body.refresh_token;
    }
  });

  it('end the session when an old one comes back, and say so in the log', async () => {
    const { refresh_token: first, token } = await gateway.register();
    const { body: second } = await refresh(first);
    const { body: third } = await refresh(second.refresh_token);
    await refresh(third.refresh_token);
    expectError(await refresh(first), 'INVALID_REFRESH_TOKEN');
    expectError(await refresh(third.refresh_token), 'INVALID_REFRESH_TOKEN');
    expectError(await profile(token), 'INVALID_TOKEN', 'The session has ended');
    await until(() => gateway.process.output().includes('an old refresh token came back'), 'the line in the log');
    expect(gateway.process.output()).not.toContain(first);
  });

  it.each(['', 'refresh_', `refresh_${'A'.repeat(43)}`, 'x'.repeat(200), 'refresh_ü'])(
    'are refused when we never gave them: %j',
    async (token) => {
      expectError(await refresh(token), 'INVALID_REFRESH_TOKEN');
    },
  );

  it('end with the session, which logout ends at once', async () => {
    const { refresh_token: token, token: access } = await gateway.register();
    const { body } = await refresh(token);
    expect(await gateway.ask('POST /v1/auth/logout', { token: access })).toMatchObject({ status: 204, text: '' });
    for (const ended of [access, body.access_token]) expectError(await profile(ended), 'INVALID_TOKEN');
    expectError(await refresh(token), 'INVALID_REFRESH_TOKEN');
    expectError(await refresh(body.refresh_token), 'INVALID_REFRESH_TOKEN');
  });
});

describe('an installation with closed registration', () => {
  it('lets nobody register, and everybody log in', async () => {
    const { email } = await gateway.register();
    const closed = await gateway.startSecond({ REGISTRATION: 'closed' });
    try {
      const body = { email: 'late@example.com', password };
      expectError(
        await closed.ask('POST /v1/auth/register', { body }),
        'INSUFFICIENT_PERMISSIONS',
        expect.stringContaining('closed'),
      );
      expect((await closed.ask('POST /v1/auth/login', { body: { email, password } })).status).toBe(200);
    } finally {
      await closed.stop();
    }
  });
});

const withoutId = ({ request_id: _, ...rest }: Body['error']) => rest;
