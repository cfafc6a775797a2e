import { AppError } from '@musicgen/error-codes';
import { platforms } from '@musicgen/platform-contracts';
import { PlatformRefused, retryAfterSeconds } from './platform-refused';

const now = Date.parse('2026-11-20T10:00:00Z');
const headers = (text?: string) => new Headers(text === undefined ? {} : { 'retry-after': text });

it.each([
  ['120', 120],
  ['0', 0],
  ['Fri, 20 Nov 2026 10:00:30 GMT', 30],
  ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
  ['soon', undefined],
  ['-5', undefined],
  [undefined, undefined],
])('reads Retry-After: %s as %s seconds', (text, seconds) => {
  expect(retryAfterSeconds(headers(text), now)).toBe(seconds);
});

it('says nothing of the text that the platform sent', () => {
  const body = JSON.stringify({ error: 'invalid_grant', error_description: 'canary' });
  const refused = PlatformRefused.answered(platforms.spotify, 'token', { status: 400, headers: headers(), body });
  expect(JSON.stringify([refused, refused.message, refused.toAppError().toWire()])).not.toContain('canary');
  expect(refused.toAppError().toWire()).toMatchObject({
    code: 'REAUTHORIZATION_REQUIRED',
    data: { platform: 'spotify', reason: 'token_revoked', upstream_status: 400, upstream_code: 'invalid_grant' },
  });
});

it('leaves alone what is no failure of a platform', () => {
  const error = new AppError('UPSTREAM_UNAVAILABLE', { details: 'there is no sandbox' });
  expect(PlatformRefused.unanswered(platforms.spotify, error)).toBe(error);
});
