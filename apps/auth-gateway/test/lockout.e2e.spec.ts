import { expectError } from './client';
import { password, startGateway, type TestGateway } from './gateway';

let gateway: TestGateway;

beforeAll(async () => {
  // Here, tries are to be refused by the lockout alone.
  gateway = await startGateway({ TRUSTED_PROXIES: '127.0.0.1' });
}, 60_000);
afterAll(() => gateway?.stop());

let addresses = 0;
const newAddress = () => `203.0.113.${++addresses}`;
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const login = (email: string, secret: string, address: string, ask = gateway.ask) =>
  ask('POST /v1/auth/login', { body: { email, password: secret }, ...from(address) });

/** Fails so often, from one address each; spread, since no address may fail as often as it likes. */
async function fail(email: string, times: number, address: string) {
  const answers = await Promise.all(Array.from({ length: times }, () => login(email, 'a wrong pass phrase', address)));
  return answers.map(({ status }) => status);
}

describe('ten failures of one address with one e-mail', () => {
  it('lock the pair for a while, also for the right password, and say for how long', async () => {
    const { email } = await gateway.register();
    const address = newAddress();
    expect(await fail(email, 10, address)).toEqual(Array(10).fill(401));
    const locked = await login(email, password, address);
    expectError(locked, 'ACCOUNT_LOCKED', expect.stringMatching(/^Too many failed attempts; .* in \d+ seconds$/));
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(locked.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect((await login(email, password, newAddress())).status).toBe(200);
  });

  it('lock in every replica', async () => {
    const { email } = await gateway.register();
    const address = newAddress();
    const second = await gateway.startSecond();
    try {
      await Promise.all([fail(email, 5, address), ...Array.from({ length: 5 }, () => login(email, 'wrong', address, second.ask))]);
      expectError(await login(email, password, address), 'ACCOUNT_LOCKED');
      expectError(await login(email, password, address, second.ask), 'ACCOUNT_LOCKED');
    } finally {
      await second.stop();
    }
  });

  it('lock an e-mail that nobody has in the same way', async () => {
    const address = newAddress();
    expect(await fail('nobody@example.com', 10, address)).toEqual(Array(10).fill(401));
    expectError(await login('nobody@example.com', 'x', address), 'ACCOUNT_LOCKED');
  });

  it('are no more than ten when twenty come at once', async () => {
    const { email } = await gateway.register();
    const answers = await fail(email, 20, newAddress());
    expect(answers.filter((status) => status === 401)).toHaveLength(10);
  });
});

it('a right password in between begins the count anew', async () => {
  const { email } = await gateway.register();
  const address = newAddress();
  await fail(email, 9, address);
  expect((await login(email, password, address)).status).toBe(200);
  await fail(email, 9, address);
  expect((await login(email, password, address)).status).toBe(200);
});

it('each lock is twice as long as the one before, to an hour', async () => {
  const { email } = await gateway.register();
  const address = newAddress();
  await fail(email, 10, address);
  const waits: number[] = [];
  for (let lock = 0; lock < 7; lock++) {
    waits.push(Number((await login(email, password, address)).headers.get('retry-after')));
    // The lock is over now; all that was counted stays.
    await gateway.database.dataSource.query(`UPDATE lockouts SET locked_until = now() WHERE locked_until > now()`);
    await login(email, 'wrong', address);
  }
  const minutes = waits.map((seconds) => Math.ceil(seconds / 60));
  expect(minutes).toEqual([1, 2, 4, 8, 16, 32, 60]);
});

it('a hundred failures of one e-mail from many addresses lock it everywhere', async () => {
  const { email } = await gateway.register();
  for (let address = 0; address < 12; address++) await fail(email, 9, newAddress());
  expectError(await login(email, password, newAddress()), 'ACCOUNT_LOCKED');
});

it('registering with a known address is limited in the same way, and locks nobody’s login', async () => {
  const { email } = await gateway.register();
  const address = newAddress();
  const register = () => gateway.ask('POST /v1/auth/register', { body: { email, password }, ...from(address) });
  for (let attempt = 0; attempt < 10; attempt++) expectError(await register(), 'CONFLICT');
  expectError(await register(), 'ACCOUNT_LOCKED');
  expect((await login(email, password, address)).status).toBe(200);
});

it('no e-mail address is kept of those that were tried', async () => {
  await fail('mistyped@example.com', 1, newAddress());
  const rows = await gateway.database.dataSource.query('SELECT * FROM lockouts');
  expect(rows).not.toHaveLength(0);
  expect(JSON.stringify(rows)).not.toContain('mistyped');
});
