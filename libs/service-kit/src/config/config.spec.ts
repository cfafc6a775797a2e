import { generateKeyRingText } from '../crypto/key-ring';
import { createUser } from 'nkeys.js';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { ConfigError, configTable, parseConfig, variableName } from './config';
import { flag, serviceConfig } from './service-config';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'config-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const file = (text: string) => {
  const name = path.join(folder, `${fs.readdirSync(folder).length}`);
  fs.writeFileSync(name, text);
  return name;
};
const problems = (shape: z.ZodRawShape, env: NodeJS.ProcessEnv): string[] => {
  try {
    parseConfig(shape, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

const shape = {
  apiUrl: z.url(),
  poolSize: z.coerce.number().int().min(1).default(10),
  isOpen: flag.default(false),
};
const nkeySeed = new TextDecoder().decode(createUser().getSeed());
const good = {
  NATS_URL: 'nats://127.0.0.1:4222',
  NATS_NKEY_SEED: nkeySeed,
  DATABASE_URL: 'postgres://vault:hunter22@127.0.0.1:5432/musicgen',
};

describe('parseConfig', () => {
  it('reads NAME from the environment, with defaults for what is not set', () => {
    expect(variableName('databaseUrl')).toBe('DATABASE_URL');
    expect(parseConfig(shape, { API_URL: 'http://a.example' })).toEqual({
      apiUrl: 'http://a.example',
      poolSize: 10,
      isOpen: false,
    });
  });

  it('reads NAME_FILE, without the line end that editors leave', () => {
    expect(parseConfig(shape, { API_URL_FILE: file('http://b.example\n') }).apiUrl).toBe('http://b.example');
  });

  it('counts an empty variable as not set', () => {
    expect(parseConfig(shape, { API_URL: 'http://a.example', POOL_SIZE: '', IS_OPEN_FILE: '' }).poolSize).toBe(10);
    expect(problems(shape, { API_URL: '' })).toEqual(['API_URL is not set.']);
  });

  it.each([
    [{ API_URL: 'http://a.example', API_URL_FILE: '/nowhere' }, 'API_URL and API_URL_FILE are both set; set one.'],
    [{ API_URL_FILE: '/nowhere/at/all' }, 'API_URL_FILE names a file that cannot be read (ENOENT).'],
    [{ API_URL_FILE: folder }, 'API_URL_FILE names a file that cannot be read (EISDIR).'],
    [{ API_URL_FILE: file('\n') }, 'API_URL_FILE names a file that is empty.'],
    [{}, 'API_URL is not set.'],
    [{ API_URL: 'localhost' }, 'API_URL is wrong: Invalid URL.'],
  ])('says in one sentence what is wrong with %j', (env, sentence) => {
    expect(problems(shape, env)).toEqual([sentence]);
  });

  it('tells of every variable that is wrong, once each, also where one name begins with another', () => {
    const both = { pool: z.coerce.number().int(), poolSize: z.coerce.number().int() };
    expect(problems(both, { POOL: 'many', POOL_SIZE_FILE: '/nowhere' })).toEqual([
      'POOL_SIZE_FILE names a file that cannot be read (ENOENT).',
      expect.stringMatching(/^POOL is wrong: .+\.$/),
    ]);
  });

  it('takes no typing error for false', () => {
    for (const text of ['yes', 'TRUE', 'on', 'flase']) {
      expect(problems(shape, { API_URL: 'http://a.example', IS_OPEN: text })).toHaveLength(1);
    }
    expect(parseConfig(shape, { API_URL: 'http://a.example', IS_OPEN: '1' }).isOpen).toBe(true);
  });
});

describe('the configuration of every service', () => {
  it('needs only NATS, its nkey and Postgres', () => {
    expect(parseConfig(serviceConfig, good)).toMatchObject({ databasePool: 10, natsTls: false, exitWithParent: false });
    expect(problems(serviceConfig, {})).toEqual([
      'NATS_URL is not set.',
      'NATS_NKEY_SEED is not set.',
      'DATABASE_URL is not set.',
    ]);
  });

  it.each([
    ['NATS_URL', 'http://canary'],
    ['NATS_URL', 'canary'],
    ['NATS_NKEY_SEED', 'canary'],
    ['NATS_NKEY_SEED', `${nkeySeed.slice(0, -1)}!canary`],
    ['NATS_NKEY_SEED', 'SUcanary'],
    ['DATABASE_URL', 'mysql://a:canary@b/c'],
    ['DATABASE_POOL', 'canary'],
    ['DATABASE_POOL', '0'],
    ['HEALTH_PORT', '70000'],
    ['METRICS_TOKEN', 'canary'],
    ['LOG_LEVEL', 'canary'],
    ['EXIT_WITH_PARENT', 'canary'],
  ])('refuses %s=%s with one sentence that does not repeat the value', (name, value) => {
    const told = problems(serviceConfig, { ...good, [name]: value });
    expect(told).toEqual([expect.stringMatching(new RegExp(`^${name} is wrong: [^\\n]+\\.$`))]);
    expect(told[0]).not.toContain('canary');
  });
});

describe('configTable', () => {
  it('has a row for each variable: name, default or that it is required, meaning', () => {
    const table = configTable({
      apiUrl: z.url().describe('where the API is'),
      keys: z
        .string()
        .transform(() => generateKeyRingText())
        .describe('keys; secret'),
      level: z.enum(['low', 'high']).default('low').describe('how much'),
      isOpen: flag.default(false).describe('a flag'),
      note: z.string().optional(),
    });
    expect(table.split('\n')).toEqual([
      '| variable | default | what |',
      '| --- | --- | --- |',
      '| `API_URL` | required | where the API is |',
      '| `KEYS` | required | keys; secret |',
      '| `LEVEL` | `low` | how much |',
      '| `IS_OPEN` | `false` | a flag |',
      '| `NOTE` |  |  |',
    ]);
  });

  it('describes every variable that all services read', () => {
    for (const row of configTable(serviceConfig).split('\n')) expect(row).not.toMatch(/\|\s+\|$/);
  });
});
