import { expectError } from './client';
import { password, startGateway, type TestGateway } from './gateway';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ TRUSTED_PROXIES: '127.0.0.1' });
});
afterAll(() => gateway?.stop());

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const login = (email: string, secret: string, address: string, ask = gateway.ask) =>
  ask('POST /v1/auth/login', { body: { email, password: secret }, ...from(address) });

it('ten wrong passwords lock the login from that address on every replica, and say for how long', async () => {
  const { email } = await gateway.register();
  const address = '203.0.113.1';
  // Started before: a lock lasts for a minute.
  const second = await gateway.startSecond();
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      expectError(await login(email, 'a wrong pass phrase', address), 'INVALID_CREDENTIALS');
    }
    for (const ask of [gateway.ask, second.ask]) {
      const locked = await login(email, password, address, ask);
      expectError(locked, 'ACCOUNT_LOCKED', expect.stringMatching(/^Too many failed attempts; .* in \d+ seconds$/));
      expect(Number(locked.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    }
    expect((await login(email, password, '203.0.113.2', second.ask)).status).toBe(200);
  } finally {
    await second.stop();
  }
});

it('an address that nobody has is locked in the same way', async () => {
  for (let attempt = 0; attempt < 10; attempt++) {
    expectError(await login('nobody@example.com', password, '203.0.113.3'), 'INVALID_CREDENTIALS');
  }
  expectError(await login('nobody@example.com', password, '203.0.113.3'), 'ACCOUNT_LOCKED');
});

it('registering with a known address is limited in the same way, and locks nobody’s login', async () => {
  const { email } = await gateway.register();
  const address = '203.0.113.4';
  const register = () => gateway.ask('POST /v1/auth/register', { body: { email, password }, ...from(address) });
  for (let attempt = 0; attempt < 10; attempt++) expectError(await register(), 'CONFLICT');
  expectError(await register(), 'ACCOUNT_LOCKED');
  expect((await login(email, password, address)).status).toBe(200);
});
