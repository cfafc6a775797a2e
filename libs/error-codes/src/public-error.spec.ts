import { AppError } from './app-error';
import { publicError } from './public-error';

describe('publicError', () => {
  it('has the keys of the public API in their order', () => {
    const error = new AppError('INVALID_TOKEN', { details: 'Token signature verification failed' });
    expect(JSON.stringify(publicError(error, 'req_1234567890abcdef'))).toBe(
      '{"error":{"code":"INVALID_TOKEN","message":"The provided authentication token is invalid or expired",' +
        '"request_id":"req_1234567890abcdef","details":"Token signature verification failed"}}',
    );
  });

  it('ends with data where a program needs more', () => {
    const data = { fields: [{ path: 'duration', problem: 'must be at most 300' }] };
    const { error } = publicError(new AppError('VALIDATION_FAILED', { data }), 'req_1');
    expect(Object.keys(error)).toEqual(['code', 'message', 'request_id', 'details', 'data']);
    expect(error.data).toEqual(data);
  });

  it('lets nothing from inside out of an INTERNAL_ERROR', () => {
    const cause = new Error('password authentication failed for user "vault"');
    const error = new AppError('INTERNAL_ERROR', { details: 'at Pool.query (pool.js:45)', cause });
    expect(JSON.stringify(publicError(error, 'req_1'))).not.toMatch(/vault|pool/i);
  });
});
