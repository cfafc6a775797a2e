import { mainOf, serviceEnvironment, until } from '@musicgen/testing';
import { decodeProtectedHeader } from 'jose';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Ask } from './client';
import { startGateway, type TestGateway } from './gateway';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.stop());

async function rotate() {
  const environment = await serviceEnvironment('auth', gateway.database, 1);
  const child = spawn(process.execPath, [mainOf('auth'), 'rotate-signing-keys'], {
    env: { ...environment, NATS_URL: gateway.nats.url },
  });
  const [out, problems] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(problems).toBe('');
  return JSON.parse(out) as { kid: string };
}

const query = (sql: string) => gateway.database.dataSource.query(sql);
const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const published = async (ask: Ask = gateway.ask) =>
  ((await ask('GET /.well-known/jwks.json')).body.keys as { kid: string }[]).map(({ kid }) => kid);
/** As if all that is there had been there for so long. */
const age = (interval: string) =>
  query(`UPDATE signing_keys SET created_at = created_at - interval '${interval}',
    activated_at = activated_at - interval '${interval}', retired_at = retired_at - interval '${interval}'`);
const profile = (token: string) => gateway.ask('GET /v1/user/profile', { token });
const newKid = async () => kidOf((await gateway.register()).token);

it('a rotation by command reaches every replica, and tokens of the old key stay good', async () => {
  const second = await gateway.startSecond({ PUBLIC_URL: gateway.url });
  try {
    const { token, refresh_token } = await gateway.register();
    const before = await published();
    await age('10 minutes');
    const { kid } = await rotate();
    expect(before).toContain(kid);
    expect(kid).not.toBe(kidOf(token));
    // Long before either would look by itself.
    await until(async () => (await newKid()) === kid, 'the new key to sign');
    await until(async () => (await published(second.ask)).length === 3, 'the second replica to know', 25_000);
    const refreshed = await second.ask('POST /v1/auth/refresh', { body: { refresh_token } });
    expect(kidOf(refreshed.body.access_token)).toBe(kid);
    expect(await published()).toEqual(expect.arrayContaining(before));
    // A replica that has never seen it verifies the old token.
    expect((await second.ask('GET /v1/user/profile', { token })).status).toBe(200);
    expect((await profile(refreshed.body.access_token)).status).toBe(200);
  } finally {
    await second.stop();
  }
});

it('the old key’s private half is gone at once, its public half with its last token', async () => {
  await age('10 minutes');
  const before = await newKid();
  const { kid } = await rotate();
  expect(await query(`SELECT private_key FROM signing_keys WHERE kid = '${before}'`)).toEqual([{ private_key: null }]);
  await until(async () => (await newKid()) === kid, 'the new key to sign');
  expect(await published()).toContain(before);
  await age('62 minutes');
  await rotate();
  await until(async () => !(await published()).includes(before!), 'the old key to go');
});

it('keys are rotated by age', async () => {
  const before = await newKid();
  await age('90 days');
  const second = await gateway.startSecond();
  try {
    // It was started on old keys: it has rotated them before it was ready, and told the first.
    await until(async () => (await newKid()) !== before, 'the new key to sign');
    expect(await query(`SELECT state FROM signing_keys WHERE state <> 'retired' ORDER BY state`)).toEqual([
      { state: 'active' },
      { state: 'standby' },
    ]);
  } finally {
    await second.stop();
  }
});

it('no private half is in the database as it is', async () => {
  const rows: { private_key: Buffer | null }[] = await query('SELECT private_key FROM signing_keys');
  const sealed = rows.map((row) => row.private_key).filter((key) => key !== null);
  expect(sealed).not.toHaveLength(0);
  // PKCS #8 of P-256 names the curve.
  for (const key of sealed) expect(key.includes(Buffer.from('06082a8648ce3d030107', 'hex'))).toBe(false);
});
