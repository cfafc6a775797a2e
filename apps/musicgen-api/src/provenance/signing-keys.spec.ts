import { calculateJwkThumbprint } from 'jose';
import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { SigningKeys } from './signing-keys';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const old = generateKeyPairSync('ed25519').publicKey;
const pem = (key: typeof publicKey) => key.export({ type: 'spki', format: 'pem' }).toString();

describe('SigningKeys', () => {
  it('signs with the first and publishes all, each under its thumbprint and without its private half', async () => {
    const keys = SigningKeys.parse(`${secret}\n${pem(old)}`);
    expect(keys.published).toEqual(
      await Promise.all(
        [publicKey, old].map(async (key) => {
          const jwk = key.export({ format: 'jwk' });
          return { ...jwk, alg: 'EdDSA', use: 'sig', kid: await calculateJwkThumbprint(jwk as never) };
        }),
      ),
    );
    expect(keys.kid).toBe(keys.published[0]!.kid);
    expect(JSON.stringify(keys) + inspect(keys)).not.toContain(privateKey.export({ format: 'jwk' }).d);
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  it.each([
    ['', 'must begin with a private key in PEM (PKCS #8)'],
    ['canary', 'must begin with a private key in PEM (PKCS #8)'],
    [pem(publicKey), 'must begin with a private key in PEM (PKCS #8)'],
    ['-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----', 'key 1 cannot be read'],
    [rsa.export({ type: 'pkcs8', format: 'pem' }).toString(), 'key 1 is no Ed25519 key'],
  ])('refuses what is none, and tells nothing of it', (text, problem) => {
    expect(() => SigningKeys.parse(text)).toThrow(new Error(problem));
  });
});
