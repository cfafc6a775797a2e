import { startService, testDatabase, type ServiceProcess, type TestDatabase } from '@musicgen/testing';
import { database } from '../src/persistence/data-source';

describe('sessions through the public API', () => {
  let test: TestDatabase;
  let gateway: ServiceProcess;

  beforeAll(async () => {
    test = await testDatabase(database);
    gateway = await startService('auth', test, { ANONYMOUS_PER_HOUR: '100000', ANONYMOUS_BURST: '100000' });
  }, 30_000);
  afterAll(async () => {
    await gateway?.stop();
    await test?.drop();
  });

  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: JSON.parse((await response.text()) || 'null') };
  };

  it('registers a user, whose token then opens the profile', async () => {
    const { status, body } = await post('/v1/auth/register', { email: 'Ada@Example.com', password: 'correct horse battery' });
    expect(body).toMatchObject({ token_type: 'bearer', expires_in: 3600, user: { email: 'ada@example.com', tier: 'free' } });
    expect(status).toBe(201);
    const profile = await fetch(`${gateway.url}/v1/user/profile`, { headers: { authorization: `Bearer ${body.access_token}` } });
    expect(await profile.json()).toMatchObject({ email: 'ada@example.com', mode: 'live', usage: null });
  });
});
