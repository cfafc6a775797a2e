import { mainOf, serviceEnvironment, testDatabase, type TestDatabase } from '@musicgen/testing';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { database } from '../src/persistence/data-source';
import { PasswordHasher } from '../src/users/password';
import { UsersService } from '../src/users/users.service';
import { UsersStore } from '../src/users/users.store';

let test: TestDatabase;

beforeAll(async () => {
  test = await testDatabase(database);
});
afterAll(() => test?.drop());

/** Runs the built gateway's main.js until it ends. */
async function run(args: string[], input = '', env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [mainOf('auth'), ...args], {
    env: { ...(await serviceEnvironment('auth', test, 1)), ...env },
  });
  child.stdin.end(input);
  const exited = new Promise((resolve) => child.on('close', resolve));
  const [out, problems, status] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { status, out, problems };
}
const createUser = (args: string[], input = 'correct horse battery\n') => run(['create-user', ...args], input);
const mayLogIn = (email: string, password: string) =>
  new UsersService(new UsersStore(test.dataSource), new PasswordHasher()).authenticate(email, password);

describe('create-user', () => {
  it('makes a user who can log in, and keys of both modes that can do everything', async () => {
    const { status, out } = await createUser([
      '--email',
      'Root@Example.com',
      '--tier',
      'pro',
      '--role',
      'admin',
      '--keys',
    ]);
    expect(status).toBe(0);
    expect(JSON.parse(out)).toEqual({
      user_id: expect.stringMatching(/^user_/),
      email: 'root@example.com',
      api_key_test: expect.stringMatching(/^sk_test_/),
      api_key_live: expect.stringMatching(/^sk_live_/),
    });
    const user = await mayLogIn('root@example.com', 'correct horse battery');
    expect(user).toMatchObject({ tier: 'pro', role: 'admin' });
  });

  it('gives the user who is there a new password, tier and role', async () => {
    const first = await createUser(['--email', 'again@example.com']);
    const second = await createUser(
      ['--email', 'AGAIN@example.com', '--tier', 'enterprise'],
      'another pass phrase\r\n',
    );
    expect(JSON.parse(second.out)).toEqual(JSON.parse(first.out));
    expect(await mayLogIn('again@example.com', 'another pass phrase')).toMatchObject({
      tier: 'enterprise',
      role: 'user',
    });
    await expect(mayLogIn('again@example.com', 'correct horse battery')).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });
  });

  it('says in a sentence what is wrong with a password, which is not in it', async () => {
    const { status, problems } = await createUser(['--email', 'a@example.com'], 'short\n');
    expect({ status, problems }).toEqual({ status: 78, problems: 'password: must be at least 8 characters.\n' });
  });
});

describe('create-user --unless-admin', () => {
  it('makes the first administrator, and does nothing where there is one', async () => {
    await test.dataSource.query(`UPDATE users SET role = 'user'`);
    const first = await createUser(['--email', 'first@example.com', '--role', 'admin', '--unless-admin']);
    expect(JSON.parse(first.out)).toMatchObject({ email: 'first@example.com' });
    const again = ['--email', 'first@example.com', '--role', 'admin', '--unless-admin'];
    expect(await createUser(again, 'another pass phrase\n')).toEqual({ status: 0, out: 'null\n', problems: '' });
    expect(await mayLogIn('first@example.com', 'correct horse battery')).toMatchObject({ role: 'admin' });
  });
});

describe('rotate-signing-keys', () => {
  it('does not sign with a key that is not published long enough, and says when it may', async () => {
    const { status, out, problems } = await run(['rotate-signing-keys']);
    expect({ status, out }).toEqual({ status: 78, out: '' });
    expect(problems).toMatch(/^The next key is not published long enough .* try after \d{4}-.*Z\.\n$/);
  });

  it('has nothing to rotate where there is one secret', async () => {
    const env = { JWT_ALGORITHM: 'HS256', JWT_SECRET: 'a secret of at least thirty-two bytes' };
    expect(await run(['rotate-signing-keys'], '', env)).toMatchObject({
      status: 78,
      problems: expect.stringContaining('JWT_SECRET'),
    });
  });

  it('takes no options', async () => {
    expect((await run(['rotate-signing-keys', '--now'])).status).toBe(78);
  });
});

describe('the gateway', () => {
  it('does not start with a wrong configuration, and says why in a sentence per problem', async () => {
    const { status, out, problems } = await run([], '', { REGISTRATION: 'maybe', TRUSTED_PROXIES: 'proxy' });
    expect({ status, out }).toEqual({ status: 78, out: '' });
    expect(problems.trim().split('\n')).toEqual([
      expect.stringMatching(/^REGISTRATION is wrong: /),
      expect.stringMatching(/^TRUSTED_PROXIES is wrong: /),
    ]);
  });

  it('does not start to sign with a secret that it does not have', async () => {
    const { status, problems } = await run([], '', { JWT_ALGORITHM: 'HS256' });
    expect({ status, problems }).toEqual({
      status: 78,
      problems: 'JWT_SECRET is not set; JWT_ALGORITHM=HS256 needs it.\n',
    });
  });
});
