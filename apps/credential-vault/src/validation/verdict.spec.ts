import {
  connectionStates,
  explanation,
  reasons,
  REASONS,
  type ConnectionState,
  type Reason,
} from '@musicgen/platform-contracts';
import { errorOf, isPassing, isRefusal, isValid, judge, type CheckedPart } from './verdict';

const part = (name: string, reason: Reason, facts: Partial<CheckedPart> = {}): CheckedPart => ({
  name,
  ...explanation(reason),
  valid: isValid(reason),
  upstream_status: null,
  isLeftOut: false,
  provesGrant: name === 'user',
  provesCredential: true,
  ...facts,
});
const stateAfter = (before: ConnectionState, ...parts: CheckedPart[]) => judge(parts, before).state;

describe('a verdict', () => {
  it('is valid when every part is good, and says nothing is wrong', () => {
    expect(judge([part('app', 'ok'), part('user', 'ok')], 'invalid')).toEqual({
      state: 'valid',
      valid: true,
      error: null,
    });
  });

  it('is what the worst part says, whatever the order', () => {
    const [bad, dead] = [part('app', 'invalid_client'), part('user', 'token_revoked')];
    for (const parts of [
      [bad, dead],
      [dead, bad],
    ])
      expect(stateAfter('valid', ...parts)).toBe('invalid');
    expect(judge([part('app', 'ok'), dead], 'valid')).toEqual({
      state: 'needs_reauthorization',
      valid: false,
      error: `user: ${REASONS.token_revoked.message} (token_revoked)`,
    });
  });

  it.each(reasons.filter(isPassing))('leaves every state as it is on %s', (reason) => {
    for (const before of connectionStates) {
      expect(judge([part('app', 'ok'), part('user', reason)], before)).toMatchObject({
        state: before,
        valid: before === 'valid',
        error: expect.stringContaining(reason),
      });
    }
  });

  it('still tells what is surely wrong beside trouble that passes', () => {
    expect(stateAfter('valid', part('app', 'invalid_client'), part('user', 'timeout'))).toBe('invalid');
  });

  it('does not call valid what nobody could prove', () => {
    const nothing = judge([part('user', 'unverifiable')], 'unverified');
    expect(nothing).toEqual({ state: 'unverified', valid: false, error: null });
    expect(stateAfter('unverified', part('public', 'ok', { provesCredential: false }))).toBe('unverified');
    expect(judge([], 'unverified')).toMatchObject({ state: 'unverified', valid: false });
  });

  it('takes a dead grant back only when the grant itself was proven', () => {
    const client = part('app', 'ok');
    expect(stateAfter('needs_reauthorization', client, part('user', 'unverifiable'))).toBe('needs_reauthorization');
    expect(stateAfter('needs_reauthorization', client, part('user', 'ok'))).toBe('valid');
  });

  it('does not take back what only a deep check can say', () => {
    const rest = part('identify', 'unverifiable', { isLeftOut: true });
    expect(stateAfter('invalid', part('console', 'ok'), rest)).toBe('invalid');
    expect(stateAfter('unverified', part('console', 'ok'), rest)).toBe('valid');
    expect(stateAfter('invalid', part('console', 'ok'), part('identify', 'ok'))).toBe('valid');
  });

  it('is a refusal when it takes something away, and only then', () => {
    const [refused, ended] = [
      judge([part('app', 'forbidden')], 'valid'),
      judge([part('user', 'token_revoked')], 'valid'),
    ];
    for (const verdict of [refused, ended]) {
      expect(isRefusal(verdict, 'valid')).toBe(true);
      expect(isRefusal(verdict, 'unverified')).toBe(true);
      expect(isRefusal(verdict, verdict.state)).toBe(false);
    }
    expect(isRefusal(judge([part('app', 'ok')], 'invalid'), 'invalid')).toBe(false);
    expect(isRefusal(judge([part('app', 'timeout')], 'valid'), 'valid')).toBe(false);
  });

  it('says that it is not believed yet, and why', () => {
    const refused = judge([part('app', 'invalid_client')], 'valid');
    expect(errorOf(refused, null)).toBe(refused.error);
    expect(errorOf(refused, 'first')).toMatch(/\(invalid_client\)\. .*asked again/);
    expect(errorOf(refused, 'storm')).toMatch(/\(invalid_client\)\. .*many at once/);
  });

  it('leaves it to the renewal to say that it works again', () => {
    expect(stateAfter('refresh_failing', part('user', 'ok'))).toBe('refresh_failing');
  });
});
