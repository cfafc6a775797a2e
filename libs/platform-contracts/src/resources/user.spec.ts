import { login, newApiKey, registration } from './user';

const problems = (schema: typeof login | typeof registration | typeof newApiKey, body: unknown) =>
  (schema.safeParse(body).error?.issues ?? []).map(({ path, code, ...rest }) =>
    code === 'unrecognized_keys' ? (rest as unknown as { keys: string[] }).keys.join() : path.join('.'),
  );

describe('a login', () => {
  it('is one by password, whose address is read without case', () => {
    expect(login.parse({ email: ' Ada@Example.com', password: 'x' })).toEqual({
      email: 'ada@example.com',
      password: 'x',
    });
  });

  it('is one by key', () => {
    expect(login.parse({ api_key: 'sk_live_x', mode: 'live' })).toEqual({ api_key: 'sk_live_x', mode: 'live' });
  });

  it.each([
    [{}, ['email', 'password']],
    [{ email: 'ada@example.com' }, ['password']],
    [{ email: 7, password: [] }, ['email', 'password']],
    [{ email: 'nobody', password: 'x', mode: 'dead' }, ['email', 'mode']],
    [{ email: 'ada@example.com', password: 'x', admin: true }, ['admin']],
    [{ api_key: 7 }, ['api_key']],
    [{ api_key: 'sk_live_x', password: 'x' }, ['password']],
    [[], ['']],
    ['text', ['']],
    [null, ['']],
  ])('%j is refused by the names of its fields', (body, fields) => {
    expect(problems(login, body)).toEqual(fields);
  });
});

describe('a new API key', () => {
  const key = { name: 'my app', permissions: ['generate'] };

  it.each([{}, { expires_at: null, allowed_ips: null }, { expires_at: '2030-01-01T00:00:00+02:00' }])(
    'may say %j of its limits',
    (limits) => {
      expect(problems(newApiKey, { ...key, ...limits })).toEqual([]);
    },
  );

  it.each([
    [{ permissions: [] }, 'permissions'],
    [{ permissions: ['generate', 'generate'] }, 'permissions'],
    [{ permissions: ['generate', 'admin'] }, 'permissions.1'],
    [{ name: '  ' }, 'name'],
    [{ expires_at: 'tomorrow' }, 'expires_at'],
    [{ expires_at: '2030-02-30T00:00:00Z' }, 'expires_at'],
    [{ allowed_ips: [] }, 'allowed_ips'],
    [{ allowed_ips: [7] }, 'allowed_ips.0'],
    [{ mode: 'live' }, 'mode'],
  ])('is refused with %j, which names the field', (change, field) => {
    expect(problems(newApiKey, { ...key, ...change })).toEqual([field]);
  });
});
