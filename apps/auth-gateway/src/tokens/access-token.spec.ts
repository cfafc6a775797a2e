import fc from 'fast-check';
import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import {
  ACCESS_TOKEN_LIFETIME_S,
  type AccessTokenSettings,
  hs256Keys,
  signAccessToken,
  verifyAccessToken,
} from './access-token';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const SECRET = 'a secret of at least thirty-two bytes';
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const es256: AccessTokenSettings = {
  algorithm: 'ES256',
  issuer: 'https://music.example',
  audience: 'musicgen',
  keys: () => ({
    signing: { kid: 'k1', key: pair.privateKey },
    verifying: new Map([['k1', pair.publicKey]]),
  }),
};
const hs256: AccessTokenSettings = { ...es256, algorithm: 'HS256', keys: () => hs256Keys(SECRET) };
const subject = {
  sub: 'user_1',
  sid: 'sess_1',
  mode: 'live',
  tier: 'pro',
  permissions: ['generate', 'models:read'],
} as const;

/** A token as a forger or a broken service would make it: ours, but for one thing. */
async function makeToken({ payload = {}, header = {}, key = pair.privateKey }: Forgery = {}): Promise<string> {
  const good = decodeJwt(await signAccessToken(es256, subject, NOW));
  return new SignJWT({ ...good, ...payload })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt', ...header })
    .sign(key);
}
interface Forgery {
  payload?: JWTPayload;
  header?: { alg?: string; kid?: string; typ?: string; [name: string]: unknown };
  key?: Parameters<SignJWT['sign']>[0];
}

describe.each([
  ['ES256', es256],
  ['HS256', hs256],
])('an access token by %s', (alg, settings) => {
  it('is an RFC 9068 token with the published claims, for one hour', async () => {
    const token = await signAccessToken(settings, subject, NOW);
    expect(decodeProtectedHeader(token)).toEqual({ alg, kid: expect.any(String), typ: 'at+jwt' });
    const iat = NOW / 1000;
    expect(decodeJwt(token)).toEqual({
      ...{ iss: 'https://music.example', aud: 'musicgen', ...subject },
      ...{ iat, nbf: iat - 30, exp: iat + 3_600, jti: expect.any(String) },
    });
  });

  it('verifies until its last second, then counts as expired with its claims', async () => {
    const token = await signAccessToken(settings, subject, NOW);
    const end = NOW + ACCESS_TOKEN_LIFETIME_S * 1000;
    expect(await verifyAccessToken(settings, token, end - 1)).toMatchObject({ kind: 'ok', claims: subject });
    expect(await verifyAccessToken(settings, token, end)).toMatchObject({
      kind: 'expired',
      claims: subject,
      reason: 'Token expired at 2026-11-20T13:00:00.000Z',
    });
  });

  it('verifies on a replica whose clock is a little behind', async () => {
    const token = await signAccessToken(settings, subject, NOW);
    expect(await verifyAccessToken(settings, token, NOW - 20_000)).toMatchObject({ kind: 'ok' });
    expect(await verifyAccessToken(settings, token, NOW - 60_000)).toEqual({
      kind: 'invalid',
      reason: 'Token is not valid yet',
    });
  });

  it('is refused with any character changed', async () => {
    const token = await signAccessToken(settings, subject, NOW);
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(...'AZaz09-_.='), async (at, char) => {
        // The last digit of each part may hold unused bits, a second spelling of the same bytes.
        fc.pre(token[at] !== char && !['.', undefined].includes(token[at + 1]));
        const verdict = await verifyAccessToken(settings, token.slice(0, at) + char + token.slice(at + 1), NOW);
        expect(verdict.kind).toBe('invalid');
      }),
    );
  });
});

describe('a token that is not ours', () => {
  const refused = async (token: string, settings = es256) => {
    const verdict = await verifyAccessToken(settings, token, NOW);
    return verdict.kind === 'invalid' ? verdict.reason : verdict.kind;
  };

  it.each<[string, Forgery]>([
    ['Token is from another issuer', { payload: { iss: 'https://evil.example' } }],
    ['Token is for another audience', { payload: { aud: 'other' } }],
    ['Token is not an access token', { header: { typ: 'JWT' } }],
    ['Token is signed with a key that is not known here', { header: { kid: 'k2' } }],
    ['Token is signed with a key that is not known here', { header: { kid: '__proto__' } }],
    ['Token signature verification failed', { key: other.privateKey }],
    [
      'Token signature verification failed',
      {
        key: other.privateKey,
        header: { jwk: other.publicKey.export({ format: 'jwk' }), jku: 'https://evil.example' },
      },
    ],
    ['Token lacks a claim or has it wrong: sid', { payload: { sid: undefined } }],
    ['Token lacks a claim or has it wrong: exp', { payload: { exp: undefined } }],
    ['Token lacks a claim or has it wrong: mode', { payload: { mode: 'root' } }],
  ])('is refused: %s', async (reason, forgery) => expect(await refused(await makeToken(forgery))).toBe(reason));

  it('is refused when it says alg none, or uses our public key as an HMAC secret', async () => {
    const claims = decodeJwt(await makeToken());
    expect(await refused(new UnsecuredJWT(claims).encode())).toBe(
      'Token is signed with an algorithm that is not accepted',
    );
    const pem = Buffer.from(createPublicKey(pair.privateKey).export({ type: 'spki', format: 'pem' }));
    const confused = await makeToken({ header: { alg: 'HS256' }, key: pem });
    expect(await refused(confused)).toBe('Token is signed with an algorithm that is not accepted');
  });

  it('is refused when the other algorithm made it', async () => {
    expect(await refused(await signAccessToken(hs256, subject, NOW))).toContain('algorithm that is not accepted');
    expect(await refused(await signAccessToken(es256, subject, NOW), hs256)).toContain('algorithm');
  });

  it('is not called expired when it is expired and forged', async () => {
    const expired = { exp: NOW / 1000 - 1 };
    expect(await refused(await makeToken({ payload: expired }))).toBe('expired');
    expect(await refused(await makeToken({ payload: expired, key: other.privateKey }))).toContain('signature');
    expect(await refused(await makeToken({ payload: { ...expired, aud: 'other' } }))).toContain('audience');
    expect(await refused(await makeToken({ payload: { ...expired, sid: '' } }))).toContain('sid');
  });

  it('is refused without an exception, whatever it is', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.base64String(), { maxLength: 5 }).map((p) => p.join('.')),
    );
    await fc.assert(
      fc.asyncProperty(text, async (token) =>
        expect((await verifyAccessToken(es256, token, NOW)).kind).toBe('invalid'),
      ),
    );
    expect(await refused('x'.repeat(10_000))).toBe('Token is too long');
  });
});

describe('the secret of HS256', () => {
  it('has 32 bytes or more', () => {
    expect(() => hs256Keys('short')).toThrow('The secret for HS256 has 5 bytes, it must have at least 32');
    expect(hs256Keys(SECRET).signing.kid).toBe('hs256');
  });
});
