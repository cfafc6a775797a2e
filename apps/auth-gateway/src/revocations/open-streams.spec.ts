import { makePrincipal, until } from '@musicgen/testing';
import type { Authenticated } from '../authentication/authenticated';
import { OpenStreams } from './open-streams';
import type { Revocations } from './revocations.service';

function makeStreams() {
  let announce: (id: string | null) => void = () => undefined;
  const revocations: Pick<Revocations, 'onChange'> = { onChange: (listener) => void (announce = listener) };
  const streams = new OpenStreams(revocations as Revocations);
  const open: string[] = [];
  const add = (name: string, ids: Parameters<typeof makePrincipal>[0], expiresAt: number | null = null) => {
    const principal = makePrincipal({ session_id: undefined, ...ids });
    const who: Authenticated = { principal, expiresAt, isAllowedAddress: null, allowedIps: null };
    open.push(name);
    return streams.register(who, () => open.splice(open.indexOf(name), 1));
  };
  return { streams, add, open, announce: (id: string | null) => announce(id) };
}

describe('open streams', () => {
  it('end when their key, session or user is announced, and no others do', () => {
    const { streams, add, open, announce } = makeStreams();
    add('of key 1', { user_id: 'user_1', key_id: 'key_1' });
    add('of session 1', { user_id: 'user_1', session_id: 'sess_1' });
    add('of session 2', { user_id: 'user_2', session_id: 'sess_2' });
    announce('key_1');
    expect(open).toEqual(['of session 1', 'of session 2']);
    announce('sess_2');
    expect(open).toEqual(['of session 1']);
    announce('user_2');
    expect(open).toEqual(['of session 1']);
    announce('user_1');
    expect(open).toEqual([]);
    streams.onModuleDestroy();
  });

  it('all end when anything may have changed, and when the gateway stops', () => {
    const { streams, add, open, announce } = makeStreams();
    add('one', {});
    announce(null);
    expect(open).toEqual([]);
    add('another', {});
    streams.onModuleDestroy();
    expect(open).toEqual([]);
  });

  it('are closed once: not after they ended by themselves', () => {
    const { streams, add, open, announce } = makeStreams();
    const end = add('one', { key_id: 'key_1' });
    end();
    announce('key_1');
    expect(open).toEqual(['one']);
    streams.onModuleDestroy();
  });

  it('end when their key expires', async () => {
    const { streams, add, open } = makeStreams();
    add('of a key that ends', { key_id: 'key_1' }, Date.now() + 1);
    add('of one that does not', { key_id: 'key_2' });
    await until(() => open.length === 1, 'the stream to be closed');
    expect(open).toEqual(['of one that does not']);
    streams.onModuleDestroy();
  });
});
