import { AppError } from '@musicgen/error-codes';
import { generateKeyPairSync } from 'node:crypto';
import { createUser } from 'nkeys.js';
import { PassThrough } from 'node:stream';
import { QueryFailedError } from 'typeorm';
import { createLogger, NestLogger } from './logger';
import { plainLines } from './plain-lines';

/** What a logger writes while something is logged, and the same as JSON. */
function logged(log: (logger: ReturnType<typeof createLogger>) => void, level = 'trace') {
  const stream = new PassThrough();
  log(createLogger('vault', level, stream));
  const text = String(stream.read() ?? '');
  const lines = text.split('\n').filter(Boolean);
  return { text, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

const jwt = 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJ1c2VyXzEifQ.c2lnbmF0dXJl';
const seed = new TextDecoder().decode(createUser().getSeed());
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const pemBody = pem.split('\n')[1]!;

/** A secret, and the piece of it that must not be seen. */
const secrets: [string, string, string][] = [
  ['a live API key', 'sk_live_0123456789abcdefghijklmnopqrstuv', '0123456789abcdef'],
  ['a test API key', 'sk_test_0123456789abcdefghijklmnopqrstuv', '0123456789abcdef'],
  ['a refresh token', 'refresh_abcDEF0123456789-_abcdef', 'abcDEF0123456789'],
  ['a webhook secret', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'MfKQ9r8GKYqrTwjU'],
  ['a JWT', jwt, 'c2lnbmF0dXJl'],
  ['an nkey seed', seed, seed.slice(10, 40)],
  ['the address of a database', 'postgres://vault:hunter22@127.0.0.1/musicgen', 'hunter22'],
  ['the address of a proxy', 'https://me:hunter22@proxy.example:8080/x', 'hunter22'],
  ['a private key', pem, pemBody],
  ['a private key that is cut off', pem.slice(0, 80), pemBody.slice(0, 20)],
];

describe.each(secrets)('%s', (_, secret, canary) => {
  it.each<[string, Parameters<typeof logged>[0]]>([
    ['a message', (logger) => logger.info(`got ${secret} from the user`)],
    ['a field', (logger) => logger.info({ thing: secret }, 'x')],
    ['a field far down', (logger) => logger.info({ a: { b: { c: { d: { e: [{ f: secret }] } } } } }, 'x')],
    ['an error', (logger) => logger.error({ err: new Error(secret) }, 'x')],
    ['the cause of an error', (logger) => logger.error({ err: new Error('x', { cause: new Error(secret) }) }, 'x')],
    ['a text that is JSON', (logger) => logger.info(JSON.stringify({ body: { thing: secret } }))],
    ['a message of Nest', (logger) => new NestLogger(logger).error(secret, 'stack', 'Context')],
  ])('is not seen in %s, and the line stays JSON', (_where, log) => {
    const { text, lines } = logged(log);
    expect(lines).toHaveLength(1);
    expect(text).toContain('[redacted');
    expect(text).not.toContain(canary);
  });
});

describe('a secret without a form of its own', () => {
  it.each([
    'password',
    'new_password',
    'client_secret',
    'access_token',
    'refresh_token',
    'authorization',
    'cookie',
    'apiKey',
    'api_key',
    'natsNkeySeed',
  ])('is not seen in a field called %s, at any depth', (name) => {
    for (const value of ['hunter22', 'with "quotes" and \\ hunter22', '']) {
      const holders = [{ [name]: value }, { a: [{ b: { c: { d: { e: { [name]: value } } } } }] }];
      for (const fields of [
        ...holders,
        { body: JSON.stringify(holders[1], null, 2) },
        { body: JSON.stringify(holders[0]) },
      ]) {
        const { text, lines } = logged((logger) => logger.info({ ...fields, last: 'kept' }, 'x'));
        expect(lines[0]).toMatchObject({ last: 'kept' });
        expect(text).not.toContain('hunter22');
      }
    }
  });

  it('is not seen among a credential’s fields or a request’s headers', () => {
    const { text } = logged((logger) =>
      logger.info({ request: { fields: { anything: 'hunter22' }, headers: { 'x-mine': 'hunter22' } } }, 'x'),
    );
    expect(text).not.toContain('hunter22');
  });

  it('is not seen as the parameter of a failed query', () => {
    const failure = new QueryFailedError('INSERT INTO users', ['hunter22'], new Error('duplicate key'));
    for (const err of [failure, new AppError('INTERNAL_ERROR', { cause: failure })]) {
      const { text } = logged((logger) => logger.error({ err }, 'x'));
      expect(text).toContain('duplicate key');
      expect(text).not.toContain('hunter22');
    }
  });
});

it('writes one JSON object a line: level by name, time, service', () => {
  const { lines } = logged((logger) => logger.warn({ request_id: 'req_1' }, 'careful'));
  expect(lines).toEqual([
    { level: 'warn', time: expect.stringMatching(/Z$/), service: 'vault', request_id: 'req_1', msg: 'careful' },
  ]);
});

it('keeps what is no secret', () => {
  const { lines } = logged((logger) =>
    logger.info({ url: 'https://a.example/b?c=d', key_id: 'key_1', deny: 'SUBSCRIBE' }, 'm'),
  );
  expect(lines[0]).toMatchObject({ url: 'https://a.example/b?c=d', key_id: 'key_1', deny: 'SUBSCRIBE', msg: 'm' });
});

it('says where an error comes from and why', () => {
  const cause = new Error('socket hang up');
  const { lines } = logged((logger) => logger.error({ err: new AppError('UPSTREAM_ERROR', { cause }) }, 'x'));
  expect(lines[0]!.err).toMatchObject({ type: 'AppError', code: 'UPSTREAM_ERROR' });
  expect((lines[0]!.err as { stack: string }).stack).toContain('socket hang up');
});

describe('plain lines', () => {
  it('look like any other line of the log', () => {
    const { lines } = logged((logger) => {
      logger.info({ route: '/v1/empty', status: 200 }, 'request');
      plainLines(logger, 'info', 'request')!('"route":"/v1/empty","status":200,');
    });
    expect({ ...lines[1], time: '' }).toEqual({ ...lines[0], time: '' });
    expect(lines[1]!.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('are not written below the level of the log', () => {
    const { lines } = logged((logger) => plainLines(logger, 'info', 'request')?.('"status":200,'), 'warn');
    expect(lines).toEqual([]);
  });
});
