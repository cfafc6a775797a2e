import fc from 'fast-check';
import type { AccessTokenClaims } from './access-token';
import { VerifiedTokens } from './verified-tokens';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const makeClaims = (sid: string, lifetimeS = 3_600): AccessTokenClaims => ({
  ...{ sub: 'user_1', sid, jti: 'j', mode: 'live', tier: 'pro', permissions: [] },
  ...{ iat: NOW / 1000, nbf: NOW / 1000, exp: NOW / 1000 + lifetimeS },
});

describe('verified tokens', () => {
  it('are remembered until they expire, to the millisecond', () => {
    const tokens = new VerifiedTokens();
    tokens.remember('a', makeClaims('s1'));
    expect(tokens.find('a', NOW + 3_599_999)).toEqual(makeClaims('s1'));
    expect(tokens.find('a', NOW + 3_600_000)).toBeNull();
    expect(tokens.size).toBe(0);
    expect(tokens.find('b', NOW)).toBeNull();
  });

  it('of a session are all forgotten with it, and no others', () => {
    const tokens = new VerifiedTokens();
    tokens.remember('a', makeClaims('s1'));
    tokens.remember('b', makeClaims('s1'));
    tokens.remember('c', makeClaims('s2'));
    tokens.forgetSession('s1');
    tokens.forgetSession('unknown');
    expect(['a', 'b', 'c'].map((token) => tokens.find(token, NOW)?.sid)).toEqual([undefined, undefined, 's2']);
  });

  it('are bounded: the least recently used goes first', () => {
    const tokens = new VerifiedTokens(2);
    tokens.remember('a', makeClaims('s1'));
    tokens.remember('b', makeClaims('s2'));
    tokens.find('a', NOW);
    tokens.remember('c', makeClaims('s3'));
    expect(['a', 'b', 'c'].map((token) => tokens.find(token, NOW)?.sid)).toEqual(['s1', undefined, 's3']);
  });

  it('are all gone after clear', () => {
    const tokens = new VerifiedTokens();
    tokens.remember('a', makeClaims('s1'));
    tokens.clear();
    expect(tokens.find('a', NOW)).toBeNull();
  });

  it('never outlive their session, whatever came before', () => {
    const step = fc.record({
      token: fc.nat(9),
      sid: fc.nat(2),
      act: fc.constantFrom('remember' as const, 'forget' as const, 'find' as const),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const tokens = new VerifiedTokens(5);
        for (const { token, sid, act } of steps) {
          // A token belongs to one session: its number says which.
          const owner = `s${token % 3}`;
          if (act === 'remember') tokens.remember(`t${token}`, makeClaims(owner));
          if (act === 'find') tokens.find(`t${token}`, NOW);
          if (act !== 'forget') continue;
          tokens.forgetSession(`s${sid}`);
          for (let t = sid; t <= 9; t += 3) expect(tokens.find(`t${t}`, NOW)).toBeNull();
        }
        expect(tokens.size).toBeLessThanOrEqual(5);
      }),
    );
  });
});
