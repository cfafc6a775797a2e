import { makePrincipal } from '@musicgen/testing';
import type { Authenticated } from './authenticated';
import { KnownPrincipals } from './known-principals';

const of = (user_id: string, ids: { key_id?: string; session_id?: string }): Authenticated => ({
  principal: makePrincipal({ user_id, ...ids }),
  expiresAt: null,
  isAllowedAddress: null,
  allowedIps: null,
});

describe('known principals', () => {
  const some = () => {
    const known = new KnownPrincipals(3);
    known.set('hash 1', of('user_1', { key_id: 'key_1' }));
    known.set('sess_1', of('user_1', { key_id: 'key_1', session_id: 'sess_1' }));
    known.set('sess_2', of('user_2', { session_id: 'sess_2' }));
    return known;
  };
  const names = (known: KnownPrincipals) => ['hash 1', 'sess_1', 'sess_2'].filter((name) => known.get(name));

  it.each([
    ['a session', 'sess_1', ['hash 1', 'sess_2']],
    ['a key, with the sessions made from it', 'key_1', ['sess_2']],
    ['a user, with all that is his', 'user_1', ['sess_2']],
    ['what nobody knows', 'key_9', ['hash 1', 'sess_1', 'sess_2']],
    ['everything', null, []],
  ])('forget %s', (_, id, left) => {
    const known = some();
    known.forget(id);
    expect(names(known)).toEqual(left);
  });

  it('are no more than their number, and what was pushed out leaves no trace', () => {
    const known = some();
    known.set('sess_3', of('user_2', { session_id: 'sess_3' }));
    expect(names(known)).toEqual(['sess_1', 'sess_2']);
    known.set('hash 1', of('user_3', { key_id: 'key_1' }));
    known.forget('user_1');
    expect(known.get('hash 1')).toBeDefined();
  });
});
