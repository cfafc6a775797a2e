import { AppError } from './app-error';
import { ERRORS } from './codes';

const forbidden = new AppError('UPSTREAM_FORBIDDEN', {
  details: 'Spotify does not offer audio features to this app',
  data: { platform: 'spotify', upstream_status: 403, reason: 'forbidden', remedy: 'Import the catalogue instead.' },
  cause: new Error('<html>403</html>'),
});

describe('AppError', () => {
  it('always has details: the sentence of its code when nothing more is known', () => {
    expect(new AppError('NOT_FOUND').details).toBe(ERRORS.NOT_FOUND.message);
    expect(new AppError('NOT_FOUND', { details: '' }).details).toBe(ERRORS.NOT_FOUND.message);
  });

  it('has the status of its code', () => {
    expect(forbidden.status).toBe(502);
  });

  it('keeps what was thrown as its cause', () => {
    const cause = new Error('socket hang up');
    const error = new AppError('UPSTREAM_UNAVAILABLE', { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error.cause).toBe(cause);
    expect(error.message).toBe(ERRORS.UPSTREAM_UNAVAILABLE.message);
    expect(new AppError('CONFLICT')).not.toHaveProperty('cause');
  });

  it('takes only the data its code carries, at compile time', () => {
    const data = { fields: [{ path: 'duration', problem: 'must be at most 300' }] };
    expect(new AppError('VALIDATION_FAILED', { data }).data?.fields[0]?.path).toBe('duration');
    // @ts-expect-error TS2322: a refused route has no data.
    expect(new AppError('NOT_FOUND', { data }).code).toBe('NOT_FOUND');
    // @ts-expect-error TS2741: a platform's failure names the platform.
    expect(new AppError('UPSTREAM_ERROR', { data: { reason: 'forbidden' } }).code).toBe('UPSTREAM_ERROR');
  });

  it('waits whole seconds, rounded up', () => {
    expect(new AppError('RATE_LIMIT_EXCEEDED', { retryAfterSeconds: 0.2 }).retryAfterSeconds).toBe(1);
    expect(new AppError('RATE_LIMIT_EXCEEDED', { retryAfterSeconds: -5 }).retryAfterSeconds).toBe(0);
  });
});

describe('AppError on the wire', () => {
  it('arrives as it left, without its cause', () => {
    const limited = new AppError('RATE_LIMIT_EXCEEDED', { details: '101 of 100', retryAfterSeconds: 7 });
    const invalid = new AppError('VALIDATION_FAILED', { data: { fields: [{ path: 'a.b', problem: 'is required' }] } });
    for (const error of [forbidden, limited, invalid, new AppError('TIMEOUT')]) {
      const wire = JSON.parse(JSON.stringify(error.toWire()));
      expect(AppError.fromWire(wire).toWire()).toEqual(error.toWire());
      expect(JSON.stringify(wire)).not.toContain('html');
    }
  });

  it('has only code and details where there is nothing else', () => {
    expect(new AppError('TIMEOUT').toWire()).toEqual({ code: 'TIMEOUT', details: ERRORS.TIMEOUT.message });
  });

  it('says nothing about what went wrong inside', () => {
    const error = new AppError('INTERNAL_ERROR', { details: 'relation "users" does not exist' });
    expect(JSON.stringify(error.toWire())).not.toContain('users');
  });

  it.each([
    undefined,
    null,
    'INTERNAL',
    42,
    [],
    {},
    { code: 'NO_SUCH_CODE', details: 'x' },
    { code: 'constructor' },
    { status: 'error', message: 'Internal server error' },
  ])('reads %j as INTERNAL_ERROR', (wire) => {
    expect(AppError.fromWire(wire).toWire()).toEqual(new AppError('INTERNAL_ERROR').toWire());
  });

  it.each([
    { code: 'NOT_FOUND', details: 7, retry_after: '3' },
    { code: 'NOT_FOUND', retry_after: Number.NaN },
    { code: 'NOT_FOUND', data: 'text' },
    { code: 'NOT_FOUND', data: [] },
  ])('keeps the code of %j and drops what it cannot read', (wire) => {
    expect(AppError.fromWire(wire).toWire()).toEqual(new AppError('NOT_FOUND').toWire());
  });

  it('drops data that has not the shape its code promises', () => {
    const withoutPath = { code: 'VALIDATION_FAILED', data: { fields: [{ problem: 'is required' }] } };
    expect(AppError.fromWire(withoutPath).data).toBeUndefined();
    expect(AppError.fromWire({ code: 'UPSTREAM_ERROR', data: { platform: 7 } }).data).toBeUndefined();
  });
});
