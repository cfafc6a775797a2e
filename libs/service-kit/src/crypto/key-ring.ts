import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const FINGERPRINT_BYTES = 4;
const FORMAT = 1;
const KEY_ID_BYTES = 2 + FINGERPRINT_BYTES;
const HEADER_BYTES = 1 + KEY_ID_BYTES;
const VERSION_MAX = 0xffff;

/** What a sealed value is bound to; it opens only with the same words, in the same order. */
export type SealContext = string | readonly string[];

/** The bytes are not what was sealed: changed, cut, or moved to another record. */
export class SealBrokenError extends Error {
  override name = 'SealBrokenError';
  constructor() {
    super('A sealed value does not open: it was changed, or it belongs to another record');
  }
}

/** The key that sealed the value is not in the ring; `version` and `fingerprint` say which key to put back. */
export class UnknownKeyError extends Error {
  override name = 'UnknownKeyError';
  constructor(
    readonly version: number,
    readonly fingerprint: string | null,
    held: string,
  ) {
    super(
      `Key version ${version}${fingerprint ? ` with fingerprint ${fingerprint}` : ''} is wanted; the ring holds ${held}`,
    );
  }
}

/** AES-256-GCM under one key (a data key, say): IV, ciphertext, tag. The ring itself seals with the same function. */
export function sealWithKey(key: Uint8Array, plaintext: Uint8Array | string, context: SealContext): Buffer {
  return encrypt(key, plaintext, contextBytes(context));
}

/** The inverse of `sealWithKey`. Throws `SealBrokenError`. */
export function openWithKey(key: Uint8Array, sealed: Uint8Array, context: SealContext): Buffer {
  return decrypt(key, sealed, contextBytes(context));
}

/** The text of a ring with one new random key, as `KeyRing.parse` reads it. */
export function generateKeyRingText(version = 1): string {
  return `${version}:${randomBytes(KEY_BYTES).toString('base64')}\n`;
}

interface RingKey {
  master: Buffer;
  fingerprint: Buffer;
  seal: Buffer;
  wrap: Buffer;
}

/** The inverse of {@link KeyRing.keyId}. */
export const readKeyId = (id: Buffer) => ({
  version: id.readUInt16BE(),
  fingerprint: id.subarray(2).toString('hex'),
});

/** Versioned 256-bit keys: everything new is sealed with the newest, everything older still opens. */
export class KeyRing {
  /** Newest first. */
  readonly versions: readonly number[];
  readonly newest: number;
  // A private field, so that neither a log line nor an inspected object can show a key.
  readonly #keys: ReadonlyMap<number, RingKey>;

  private constructor(masters: ReadonlyMap<number, Buffer>) {
    this.#keys = new Map([...masters].map(([version, master]) => [version, ringKey(master)]));
    this.versions = [...masters.keys()].sort((a, b) => b - a);
    this.newest = this.versions[0]!;
  }

  /**
   * Reads `version:base64` entries, one per line or separated by commas; `#` starts a comment line.
   * The sentence of what it throws names the entry and the problem, never the key.
   */
  static parse(text: string, name = 'The key ring'): KeyRing {
    const masters = new Map<number, Buffer>();
    const entries = text
      .replace(/^\s*#.*$/gm, '')
      .split(/[\n,]/)
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
    entries.forEach((entry, index) => {
      const where = `${name}, entry ${index + 1}`;
      const { version, master } = parseEntry(entry, where);
      if (masters.has(version)) throw new Error(`${where}: version ${version} appears twice`);
      if ([...masters.values()].some((other) => other.equals(master)))
        throw new Error(`${where}: the same key already appears under another version`);
      masters.set(version, master);
    });
    if (masters.size === 0) throw new Error(`${name} holds no key; write version:base64 of 32 random bytes`);
    return new KeyRing(masters);
  }

  /** Eight hex digits that tell keys apart and give nothing of the key away. */
  fingerprint(version = this.newest): string {
    return this.#key(version).fingerprint.toString('hex');
  }

  /** Encrypts a value under the newest key, bound to its context; version and fingerprint travel inside. */
  seal(plaintext: Uint8Array | string, context: SealContext): Buffer {
    return this.#encrypt('seal', plaintext, context);
  }

  /** Throws `SealBrokenError` or `UnknownKeyError`. */
  open(sealed: Uint8Array, context: SealContext): Buffer {
    return this.#decrypt('seal', sealed, context);
  }

  /** Encrypts a data key. Apart from `seal`, so that a wrapped key can never be opened as a value. */
  wrapKey(dataKey: Uint8Array, context: SealContext): Buffer {
    return this.#encrypt('wrap', dataKey, context);
  }

  /** Throws `SealBrokenError` or `UnknownKeyError`. */
  unwrapKey(wrapped: Uint8Array, context: SealContext): Buffer {
    return this.#decrypt('wrap', wrapped, context);
  }

  /**
   * Two bytes of version, four of fingerprint: behind the byte of the format, they begin all that the key has sealed or
   * wrapped. Whoever keeps sealed values finds by it what a key is needed for, and opens nothing.
   */
  keyId(version = this.newest): Buffer {
    const id = Buffer.alloc(KEY_ID_BYTES);
    id.writeUInt16BE(version);
    this.#key(version).fingerprint.copy(id, 2);
    return id;
  }

  /** A 256-bit key for one purpose (HKDF-SHA256, RFC 5869); no salt, because the ring's keys are uniformly random. */
  deriveKey(purpose: string, version = this.newest): Buffer {
    return derive(this.#key(version).master, `purpose:${purpose}`);
  }

  #key(version: number, fingerprint?: string): RingKey {
    const key = this.#keys.get(version);
    if (key && (!fingerprint || key.fingerprint.toString('hex') === fingerprint)) return key;
    const held = this.versions.map((v) => `${v} (${this.#keys.get(v)!.fingerprint.toString('hex')})`).join(', ');
    throw new UnknownKeyError(version, fingerprint ?? null, held);
  }

  #encrypt(use: 'seal' | 'wrap', plaintext: Uint8Array | string, context: SealContext): Buffer {
    const key = this.#key(this.newest);
    const header = Buffer.concat([Buffer.of(FORMAT), this.keyId()]);
    return Buffer.concat([header, encrypt(key[use], plaintext, Buffer.concat([header, contextBytes(context)]))]);
  }

  #decrypt(use: 'seal' | 'wrap', sealed: Uint8Array, context: SealContext): Buffer {
    const { version, fingerprint, header, body } = readHeader(sealed);
    const key = this.#key(version, fingerprint);
    return decrypt(key[use], body, Buffer.concat([header, contextBytes(context)]));
  }
}

function parseEntry(entry: string, where: string): { version: number; master: Buffer } {
  const match = /^(\d{1,5})\s*:\s*([A-Za-z0-9+/_-]+={0,2})$/.exec(entry);
  if (!match) throw new Error(`${where}: is not version:base64`);
  const version = Number(match[1]);
  if (version < 1 || version > VERSION_MAX)
    throw new Error(`${where}: the version must be a whole number from 1 to ${VERSION_MAX}`);
  const master = Buffer.from(match[2]!, 'base64');
  if (master.length !== KEY_BYTES) throw new Error(`${where}: the key has ${master.length} bytes, it must have 32`);
  if (master.every((byte) => byte === master[0]))
    throw new Error(`${where}: the key is not random, all its bytes are alike`);
  return { version, master };
}

function ringKey(master: Buffer): RingKey {
  const digest = createHash('sha256').update('musicgen key fingerprint').update(master).digest();
  return {
    master,
    fingerprint: digest.subarray(0, FINGERPRINT_BYTES),
    seal: derive(master, 'seal'),
    wrap: derive(master, 'wrap'),
  };
}

function derive(master: Buffer, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), info, KEY_BYTES));
}

// JSON keeps ['ab','c'] and ['a','bc'] apart, which joining would not.
function contextBytes(context: SealContext): Buffer {
  return Buffer.from(JSON.stringify(context));
}

function readHeader(sealed: Uint8Array) {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (bytes.length < HEADER_BYTES + IV_BYTES + TAG_BYTES || bytes[0] !== FORMAT) throw new SealBrokenError();
  return {
    ...readKeyId(bytes.subarray(1, HEADER_BYTES)),
    header: bytes.subarray(0, HEADER_BYTES),
    body: bytes.subarray(HEADER_BYTES),
  };
}

function encrypt(key: Uint8Array, plaintext: Uint8Array | string, aad: Buffer): Buffer {
  // Random 96-bit IVs are safe for 2^32 messages under one key (NIST SP 800-38D, 8.3).
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(aad);
  const bytes = typeof plaintext === 'string' ? Buffer.from(plaintext, 'utf8') : plaintext;
  return Buffer.concat([iv, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, sealed: Uint8Array, aad: Buffer): Buffer {
  if (sealed.length < IV_BYTES + TAG_BYTES) throw new SealBrokenError();
  const end = sealed.length - TAG_BYTES;
  const iv = sealed.subarray(0, IV_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(aad);
  decipher.setAuthTag(sealed.subarray(end));
  const plaintext = decipher.update(sealed.subarray(IV_BYTES, end));
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    throw new SealBrokenError();
  }
}
