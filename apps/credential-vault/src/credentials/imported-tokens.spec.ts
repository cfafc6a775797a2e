import { refuseToClear, takeTokens } from './imported-tokens';

const fieldOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return (error as { data: { fields: { path: string }[] } }).data.fields.map(({ path }) => path);
  }
  return 'nothing was refused';
};

it('takes tokens out of the fields, so that they are stored as a grant and nowhere else', () => {
  const fields = { client_id: 'a', access_token: 't', refresh_token: 'r', token_expiry: '2026-11-20T11:00:00Z' };
  expect(takeTokens(fields)).toEqual({
    rest: { client_id: 'a' },
    tokens: { accessToken: 't', refreshToken: 'r', expiresAt: new Date('2026-11-20T11:00:00Z') },
  });
  expect(takeTokens({ client_id: 'a' })).toEqual({ rest: { client_id: 'a' }, tokens: null });
});

it('takes a token of unknown age for one that has ended, if it can be renewed', () => {
  expect(takeTokens({ access_token: 't', refresh_token: 'r' }).tokens).toMatchObject({ expiresAt: new Date(0) });
  expect(takeTokens({ refresh_token: 'r' }).tokens).toMatchObject({ accessToken: '', expiresAt: new Date(0) });
  expect(takeTokens({ access_token: 't' }).tokens).toEqual({ accessToken: 't', expiresAt: null });
});

it('refuses an expiry without a token, and to take one token away', () => {
  const expiry = { token_expiry: '2026-11-20T11:00:00Z' };
  expect(fieldOf(() => takeTokens(expiry))).toEqual(['fields.token_expiry']);
  expect(fieldOf(() => takeTokens({ ...expiry, refresh_token: 'r' }))).toEqual(['fields.token_expiry']);
  expect(fieldOf(() => refuseToClear({ refresh_token: null }))).toEqual(['fields.refresh_token']);
  expect(fieldOf(() => refuseToClear({ client_id: null, access_token: 'new' }))).toBe('nothing was refused');
});
