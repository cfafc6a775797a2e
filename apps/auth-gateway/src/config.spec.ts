import { ConfigError, parseConfig } from '@musicgen/service-kit';
import { itDocuments, testSecrets } from '@musicgen/testing';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { createUser } from './commands/create-user';
import { config, configProblems, type Config } from './config';

const good = {
  NATS_URL: 'nats://127.0.0.1:4222',
  NATS_NKEY_SEED: '',
  DATABASE_URL: 'postgres://auth:x@127.0.0.1/musicgen',
  GATEWAY_KEYS: `1:${randomBytes(32).toString('base64')}`,
  PUBLIC_URL: 'https://example.com/',
  STORAGE_DIR: '/tmp',
};
beforeAll(async () => {
  good.NATS_NKEY_SEED = (await testSecrets()).services.auth.nkeySeed;
});

const problemsOf = (env: Record<string, string>) => {
  try {
    return configProblems(parseConfig(config, { ...good, ...env }));
  } catch (error) {
    return (error as ConfigError).problems;
  }
};

describe('the configuration', () => {
  itDocuments(config, path.join(__dirname, '..'));

  it.each([
    ['https://example.com/', 'https://example.com'],
    ['https://Example.com:443', 'https://example.com'],
    ['http://127.0.0.1:3000/music//', 'http://127.0.0.1:3000/music'],
  ])('reads the address %s as %s: links are made by adding a path', (given, read) => {
    expect(parseConfig(config, { ...good, PUBLIC_URL: given }).publicUrl).toBe(read);
  });

  it('trusts the proxies that are named, and none where none is', () => {
    const read = (TRUSTED_PROXIES: string) => parseConfig(config, { ...good, TRUSTED_PROXIES }).trustedProxies;
    expect(read('')).toEqual([]);
    expect(read('127.0.0.1, 10.0.0.0/8 ,::1')).toEqual(['127.0.0.1', '10.0.0.0/8', '::1']);
  });

  it('counts the bytes of a secret, not its letters', () => {
    expect(parseConfig(config, { ...good, JWT_SECRET: 'ü'.repeat(16) }).jwtSecret).toHaveLength(16);
  });

  it.each([
    [{ PUBLIC_URL: 'ftp://example.com' }, 'PUBLIC_URL is wrong: must be an http or https URL.'],
    [{ PUBLIC_URL: 'https://me@example.com' }, 'PUBLIC_URL is wrong: must have no user, query or fragment.'],
    [
      { TRUSTED_PROXIES: '10.0.0.0/8, proxy' },
      'TRUSTED_PROXIES is wrong: entry 2 must be an IPv4 or IPv6 range such as',
    ],
    [{ JWT_ALGORITHM: 'HS256' }, 'JWT_SECRET is not set; JWT_ALGORITHM=HS256 needs it.'],
    [{ JWT_ALGORITHM: 'none' }, 'JWT_ALGORITHM is wrong: '],
    [{ JWT_SECRET: 'short' }, 'JWT_SECRET is wrong: must be at least 32 bytes.'],
    [{ SMTP_URL: 'smtp://mail.example.com' }, 'MAIL_FROM is not set; SMTP_URL needs it.'],
    [{ SMTP_URL: 'mail.example.com' }, 'SMTP_URL is wrong: '],
    [{ CORS_ORIGINS: '*' }, 'CORS_ORIGINS is wrong: each must be an origin such as https://app.example.com.'],
    [{ CORS_ORIGINS: 'https://a.example,https://b.example/' }, 'CORS_ORIGINS is wrong: '],
    [{ CORS_ORIGINS: 'javascript://a.example' }, 'CORS_ORIGINS is wrong: '],
    [{ TIERS: '{' }, 'TIERS is wrong: must be JSON.'],
    [{ TIERS: '{"free":{}}' }, 'TIERS is wrong (at free.requests_per_hour)'],
    [{ REGISTRATION: 'maybe' }, 'REGISTRATION is wrong: '],
    [{ PORT: '70000' }, 'PORT is wrong: '],
    [{ ANONYMOUS_PER_HOUR: '0' }, 'ANONYMOUS_PER_HOUR is wrong: '],
    [{ GATEWAY_KEYS: '1:short' }, 'GATEWAY_KEYS is wrong: '],
  ] as [Record<string, string>, string][])('with %j is refused in a sentence', (env, sentence) => {
    expect(problemsOf(env)).toEqual([expect.stringContaining(sentence)]);
  });
});

describe('the options of create-user', () => {
  it.each([
    [[], ['--email: ']],
    [['--email', 'nobody'], ['--email: must be an e-mail address.']],
    [['--email', 'a@example.com', '--tier', 'gold'], ['--tier: ']],
    [
      ['--role', 'root'],
      ['--email: ', '--role: '],
    ],
    [['--email', 'a@example.com', '--password', 'seen in the list of processes'], ["Unknown option '--password'"]],
    [['a@example.com'], ['Unexpected argument']],
  ])('%j are refused in a sentence each', async (argv, sentences) => {
    const problems = await createUser({} as Config, argv).catch((error: ConfigError) => error.problems);
    expect(problems).toEqual(sentences.map((sentence) => expect.stringContaining(sentence)));
  });
});
