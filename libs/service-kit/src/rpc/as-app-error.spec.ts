import { AppError } from '@musicgen/error-codes';
import { EntityMetadataNotFoundError, QueryFailedError } from 'typeorm';
import { asAppError } from './as-app-error';

const failedQuery = (code: string) => new QueryFailedError('SELECT 1', [], Object.assign(new Error('no'), { code }));

it('leaves an error of the catalogue as it is', () => {
  const error = new AppError('NOT_FOUND');
  expect(asAppError(error)).toBe(error);
});

it.each([
  Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' }),
  failedQuery('57P01'),
  failedQuery('53300'),
  new Error('Connection terminated unexpectedly'),
  new Error('timeout exceeded when trying to connect'),
  new Error('Query read timeout'),
  new EntityMetadataNotFoundError('Credential'),
])('takes "%s" for a database that is away', (thrown) => {
  expect(asAppError(thrown)).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1, cause: thrown });
});

it.each(['22021', '22P05'])('takes what Postgres cannot store (%s) for the caller’s mistake', (code) => {
  expect(asAppError(failedQuery(code))).toMatchObject({
    code: 'VALIDATION_FAILED',
    data: { fields: [{ path: 'body' }] },
  });
});

it.each([new TypeError('x is undefined'), failedQuery('23505'), 'text', null, { code: 7 }])(
  'takes %p for a mistake of ours',
  (thrown) => {
    expect(asAppError(thrown)).toMatchObject({ code: 'INTERNAL_ERROR', cause: thrown });
  },
);
