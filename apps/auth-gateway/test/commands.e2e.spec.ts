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
}, 60_000);
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
