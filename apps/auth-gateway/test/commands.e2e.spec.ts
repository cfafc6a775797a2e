import { mainOf, serviceEnvironment, testDatabase, type TestDatabase } from '@musicgen/testing';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { UsersService } from '../src/users/users.service';
import { PasswordHasher } from '../src/users/password';
import { UsersStore } from '../src/users/users.store';
import { database } from '../src/persistence/data-source';

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
    const { status, out } = await createUser(['--email', 'Root@Example.com', '--tier', 'pro', '--role', 'admin', '--keys']);
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
    const second = await createUser(['--email', 'AGAIN@example.com', '--tier', 'enterprise'], 'another pass phrase\r\n');
    expect(JSON.parse(second.out)).toEqual(JSON.parse(first.out));
    expect(await mayLogIn('again@example.com', 'another pass phrase')).toMatchObject({ tier: 'enterprise', role: 'user' });
    await expect(mayLogIn('again@example.com', 'correct horse battery')).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });
  });

  it.each([
    [[], '--email: '],
    [['--email', 'nobody'], '--email: must be an e-mail address.'],
    [['--email', 'a@example.com', '--tier', 'gold'], '--tier: '],
    [['--email', 'a@example.com', '--role', 'root'], '--role: '],
    [['--email', 'a@example.com', '--password', 'secret-in-the-list-of-processes'], "Unknown option '--password'"],
    [['a@example.com'], 'Unexpected argument'],
  ])('says in a sentence what is wrong with %j', async (args, sentence) => {
    expect(await createUser(args)).toEqual({
      status: 78,
      out: '',
      problems: expect.stringMatching(new RegExp(`^${sentence.replaceAll('-', String.raw`\-`)}[^\n]*\n$`)),
    });
  });

  it('says in a sentence what is wrong with a password, which is not in it', async () => {
    const { status, problems } = await createUser(['--email', 'a@example.com'], 'short\n');
    expect({ status, problems }).toEqual({ status: 78, problems: 'password: must be at least 8 characters.\n' });
  });
});

describe('the gateway', () => {
  it.each([
    [{ PUBLIC_URL: 'ftp://example.com' }, 'PUBLIC_URL is wrong: must be an http or https URL.'],
    [{ PUBLIC_URL: 'https://example.com?x=1' }, 'PUBLIC_URL is wrong: must have no user, query or fragment.'],
    [{ TRUSTED_PROXIES: '10.0.0.0/8, proxy' }, 'TRUSTED_PROXIES is wrong: entry 2 must be an IPv4 or IPv6 range'],
    [{ JWT_ALGORITHM: 'HS256' }, 'JWT_SECRET is not set; JWT_ALGORITHM=HS256 needs it.'],
    [{ JWT_ALGORITHM: 'none' }, 'JWT_ALGORITHM is wrong: '],
    [{ JWT_SECRET: 'short' }, 'JWT_SECRET is wrong: must be at least 32 bytes.'],
    [{ TIERS: '{' }, 'TIERS is wrong: must be JSON.'],
    [{ TIERS: '{"free":{}}' }, 'TIERS is wrong (at free.requests_per_hour)'],
    [{ REGISTRATION: 'maybe' }, 'REGISTRATION is wrong: '],
    [{ PORT: '70000' }, 'PORT is wrong: '],
    [{ ANONYMOUS_PER_HOUR: '0' }, 'ANONYMOUS_PER_HOUR is wrong: '],
    [{ GATEWAY_KEYS_FILE: '', GATEWAY_KEYS: '1:short' }, 'GATEWAY_KEYS is wrong: '],
  ] as [Record<string, string>, string][])('does not start with %j, and says why', async (env, sentence) => {
    const { status, out, problems } = await run([], '', env);
    expect({ status, out }).toEqual({ status: 78, out: '' });
    expect(problems.split('\n')[0]).toContain(sentence);
    expect(problems).not.toContain('    at ');
  });
});
