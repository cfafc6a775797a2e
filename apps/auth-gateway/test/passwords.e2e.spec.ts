import { until } from '@musicgen/testing';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expectError, refusedFields } from './client';
import { password, startGateway, type TestGateway } from './gateway';

let gateway: TestGateway;
let outbox: string;

beforeAll(async () => {
  outbox = await fs.mkdtemp(path.join(os.tmpdir(), 'outbox-'));
  gateway = await startGateway({ MAIL_DIR: outbox });
});
afterAll(async () => {
  await gateway?.stop();
  await fs.rm(outbox, { recursive: true });
});

const other = 'another pass phrase';
const login = (email: string, secret: string) =>
  gateway.ask('POST /v1/auth/login', { body: { email, password: secret } });
const profile = (token: string) => gateway.ask('GET /v1/user/profile', { token });
const forgot = (email: string) => gateway.ask('POST /v1/auth/password/forgot', { body: { email } });
const reset = (token: string, secret = other) =>
  gateway.ask('POST /v1/auth/password/reset', { body: { token, password: secret } });
const verify = (body: object) => gateway.ask('POST /v1/auth/email/verify', { body });
const query = (sql: string, values: unknown[] = []) => gateway.database.dataSource.query(sql, values);

async function mailsTo(email: string): Promise<string[]> {
  const files = await fs.readdir(outbox);
  const texts = await Promise.all(files.map((file) => fs.readFile(path.join(outbox, file), 'utf8')));
  return texts.filter((text) => text.includes(`To: ${email}`)).map((text) => text.replaceAll('=\r\n', ''));
}

/** The token of the newest link of a kind that was sent to this address. */
const tokenFor = (email: string, page: string) =>
  until(async () => {
    const link = new RegExp(`/${page}#token=(?:3D)?([\\w-]{43})`);
    return (await mailsTo(email)).map((text) => link.exec(text)?.[1]).find((token) => token !== undefined);
  }, `a link to ${page}`);

describe('changing the password', () => {
  const change = (token: string, current: string, next: string) =>
    gateway.ask('PUT /v1/user/password', { token, body: { current_password: current, password: next } });

  it('ends all other sessions in both modes, and keeps this one', async () => {
    const { email, token } = await gateway.register();
    const second = (await login(email, password)).body;
    const third = (await gateway.ask('POST /v1/auth/mode', { token, body: { mode: 'test' } })).body;
    expect((await change(token, password, other)).status).toBe(204);
    expect((await profile(token)).status).toBe(200);
    for (const { access_token, refresh_token } of [second, third]) {
      expectError(await profile(access_token), 'INVALID_TOKEN');
      const refreshed = await gateway.ask('POST /v1/auth/refresh', { body: { refresh_token } });
      expectError(refreshed, 'INVALID_REFRESH_TOKEN');
    }
    expectError(await login(email, password), 'INVALID_CREDENTIALS');
    expect((await login(email, other)).status).toBe(200);
  });

  it('needs the present password, which cannot be guessed at for long', async () => {
    const { token } = await gateway.register();
    for (let attempt = 0; attempt < 10; attempt++) {
      expectError(await change(token, 'a wrong pass phrase', other), 'INVALID_CREDENTIALS');
    }
    expectError(await change(token, password, other), 'ACCOUNT_LOCKED');
  });

  it('refuses a new one that the rules refuse, and changes nothing', async () => {
    const { email, token } = await gateway.register();
    expect(refusedFields(await change(token, password, 'password123'))).toEqual(['password']);
    expect((await login(email, password)).status).toBe(200);
  });

  it('is told to the user by e-mail', async () => {
    const { email, token } = await gateway.register();
    await change(token, password, other);
    await until(async () => (await mailsTo(email)).some((text) => text.includes('password was changed')), 'the e-mail');
  });
});

describe('a forgotten password', () => {
  it('is replaced by a link, which works once, ends every session and unlocks the login', async () => {
    const { email, token: session } = await gateway.register();
    for (let attempt = 0; attempt < 10; attempt++) await login(email, 'a wrong pass phrase');
    expectError(await login(email, password), 'ACCOUNT_LOCKED');
    expect(await forgot(email)).toMatchObject({ status: 204, text: '' });
    const token = await tokenFor(email, 'reset-password');
    expect((await reset(token)).status).toBe(204);
    expectError(await profile(session), 'INVALID_TOKEN');
    expect((await login(email, other)).status).toBe(200);
    expect(refusedFields(await reset(token, 'a third pass phrase'))).toEqual(['token']);
    expect((await login(email, other)).status).toBe(200);
  });

  it('is answered in the same way for an address that nobody has, and nothing is sent there', async () => {
    const { email } = await gateway.register();
    const [known, unknown] = [await forgot(email), await forgot('nobody@example.com')];
    expect([unknown.status, unknown.text, [...unknown.headers.keys()]]).toEqual([
      known.status,
      known.text,
      [...known.headers.keys()],
    ]);
    await tokenFor(email, 'reset-password');
    await until(async () => (await query('SELECT 1 FROM mails')).length === 0, 'both to be done with');
    expect(await mailsTo('nobody@example.com')).toEqual([]);
  });

  it('is answered before anybody looks whether the address is known', async () => {
    const { email } = await gateway.register();
    // What the answer waits for ends where the look-up would begin.
    const lock = gateway.database.dataSource.createQueryRunner();
    await lock.startTransaction();
    try {
      await lock.query('LOCK TABLE one_time_tokens IN EXCLUSIVE MODE');
      await lock.query('SELECT 1 FROM users FOR UPDATE');
      for (const address of [email, 'nobody@example.com']) expect((await forgot(address)).status).toBe(204);
    } finally {
      await lock.rollbackTransaction();
      await lock.release();
    }
  });

  it('costs nothing when the new one is refused: the link still works', async () => {
    const { email } = await gateway.register();
    await forgot(email);
    const token = await tokenFor(email, 'reset-password');
    expect(refusedFields(await reset(token, email))).toEqual(['password']);
    expect((await reset(token)).status).toBe(204);
  });

  it('is replaced by one of two who use the link at once', async () => {
    const { email } = await gateway.register();
    await forgot(email);
    const token = await tokenFor(email, 'reset-password');
    const both = await Promise.all([reset(token, 'the first pass phrase'), reset(token, 'the second pass phrase')]);
    expect(both.map(({ status }) => status).sort()).toEqual([204, 400]);
  });

  it('is not replaced by a link that is older than 30 minutes, made up, or for something else', async () => {
    const { email } = await gateway.register();
    await forgot(email);
    const token = await tokenFor(email, 'reset-password');
    await query(
      `UPDATE one_time_tokens SET created_at = created_at - interval '30 minutes', expires_at = expires_at - interval '30 minutes'`,
    );
    for (const bad of [token, '', 'x', 'A'.repeat(43), await tokenFor(email, 'verify-email')]) {
      expect(refusedFields(await reset(bad))).toEqual(['token']);
    }
  });

  it('fills nobody’s mailbox: who asks again at once gets no second link', async () => {
    const { email } = await gateway.register();
    for (let time = 0; time < 3; time++) {
      await forgot(email);
      await until(
        async () => (await query('SELECT 1 FROM mails WHERE email = $1', [email])).length === 0,
        'the e-mail',
      );
    }
    expect((await mailsTo(email)).filter((text) => text.includes('reset-password'))).toHaveLength(1);
  });

  it('leaves no token in the database or the log', async () => {
    const { email } = await gateway.register();
    await forgot(email);
    const token = await tokenFor(email, 'reset-password');
    const rows = await query('SELECT * FROM one_time_tokens');
    expect(rows).not.toHaveLength(0);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(gateway.process.output()).not.toContain(token);
    expect(gateway.process.output()).toContain(outbox);
  });
});

describe('an e-mail address', () => {
  const isVerified = async (email: string) =>
    (await query('SELECT email_verified_at FROM users WHERE email = $1', [email]))[0].email_verified_at !== null;

  it('is proved by the link that is sent at registration, once', async () => {
    const { email } = await gateway.register();
    const token = await tokenFor(email, 'verify-email');
    expect(await isVerified(email)).toBe(false);
    expect((await verify({ token })).status).toBe(204);
    expect(await isVerified(email)).toBe(true);
    expect(refusedFields(await verify({ token }))).toEqual(['token']);
  });

  it('can have a new link, which ends the old one', async () => {
    const { email } = await gateway.register();
    const old = await tokenFor(email, 'verify-email');
    // While one is on its way, nobody needs another.
    await until(async () => (await query('SELECT 1 FROM mails WHERE email = $1', [email])).length === 0);
    await query(`UPDATE one_time_tokens SET created_at = created_at - interval '10 minutes'`);
    await Promise.all((await fs.readdir(outbox)).map((file) => fs.rm(path.join(outbox, file))));
    expect((await verify({ email })).status).toBe(204);
    const token = await tokenFor(email, 'verify-email');
    expect(refusedFields(await verify({ token: old }))).toEqual(['token']);
    expect((await verify({ token })).status).toBe(204);
  });

  it('is asked about by token or by address, not by both or neither', async () => {
    expect(refusedFields(await verify({}))).toEqual(['token']);
    expect(refusedFields(await verify({ token: 'x', email: 'a@example.com' }))).toEqual(['token']);
  });
});
