import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

const pemBlock = /-----BEGIN (PRIVATE|PUBLIC) KEY-----[^-]+-----END \1 KEY-----/g;

/** The public half of a key, as others find it at /.well-known/provenance.json. */
export interface PublicKey {
  kty: 'OKP';
  crv: 'Ed25519';
  alg: 'EdDSA';
  use: 'sig';
  kid: string;
  x: string;
}

/** Keys of the provenance's signatures: the first signs, all are published, so that what an older one signed stays provable. */
export class SigningKeys {
  readonly kid: string;
  readonly published: readonly PublicKey[];
  // A private field, so that neither a log line nor an inspected object can show the key.
  readonly #signs: KeyObject;

  private constructor(signs: KeyObject, all: readonly KeyObject[]) {
    this.#signs = signs;
    this.published = all.map(publicKeyOf);
    this.kid = this.published[0]!.kid;
  }

  /** Reads PEM, one key after the other; of those that no longer sign the public half will do. What it throws tells nothing of a key. */
  static parse(text: string): SigningKeys {
    const blocks = [...text.matchAll(pemBlock)].map(([pem, kind]) => ({ pem, isPrivate: kind === 'PRIVATE' }));
    if (!blocks[0]?.isPrivate) throw new Error('must begin with a private key in PEM (PKCS #8)');
    const keys = blocks.map(({ pem, isPrivate }, index) => readKey(pem, isPrivate, index + 1));
    return new SigningKeys(keys[0]!, keys);
  }

  get signingKey(): KeyObject {
    return this.#signs;
  }
}

function readKey(pem: string, isPrivate: boolean, entry: number): KeyObject {
  let key: KeyObject;
  try {
    key = isPrivate ? createPrivateKey(pem) : createPublicKey(pem);
  } catch {
    throw new Error(`key ${entry} cannot be read`);
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`key ${entry} is no Ed25519 key`);
  return key;
}

function publicKeyOf(key: KeyObject): PublicKey {
  const x = (key.type === 'public' ? key : createPublicKey(key)).export({ format: 'jwk' }).x!;
  // The thumbprint of RFC 7638: made from the key, so two keys never share one.
  const kid = createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url');
  return { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid, x };
}
