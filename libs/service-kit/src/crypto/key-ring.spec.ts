import { inspect } from 'node:util';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import {
  generateKeyRingText,
  KeyRing,
  openWithKey,
  readKeyId,
  SealBrokenError,
  sealWithKey,
  UnknownKeyError,
} from './key-ring';

const first = generateKeyRingText(1);
const second = generateKeyRingText(2);
const one = KeyRing.parse(first);
const both = KeyRing.parse(first + second);
const bytes = fc.uint8Array({ maxLength: 300 });
const context = fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 4 }));

describe('a key ring', () => {
  it('reads lines, commas, comments and blank lines, and takes the highest version as newest', () => {
    const text = `# vault, made by hand\n\n ${second.trim()} , ${first.trim()}\r\n`;
    expect(KeyRing.parse(text).versions).toEqual([2, 1]);
    expect(KeyRing.parse(text).newest).toBe(2);
  });

  it.each([
    ['', 'VAULT_KEYS holds no key; write version:base64 of 32 random bytes'],
    ['1:c2hvcnQ=', 'VAULT_KEYS, entry 1: the key has 5 bytes, it must have 32'],
    [randomBytes(32).toString('base64'), 'VAULT_KEYS, entry 1: is not version:base64'],
    [`0:${randomBytes(32).toString('base64')}`, 'the version must be a whole number from 1 to 65535'],
    [`70000:${randomBytes(32).toString('base64')}`, 'the version must be a whole number from 1 to 65535'],
    [`${first},1:${randomBytes(32).toString('base64')}`, 'VAULT_KEYS, entry 2: version 1 appears twice'],
    [`${first}2:${first.slice(2)}`, 'entry 2: the same key already appears under another version'],
    [`1:${Buffer.alloc(32).toString('base64')}`, 'the key is not random'],
  ])('refuses a wrong text by a sentence that names the problem and not the key (%#)', (text, sentence) => {
    const message = messageOf(() => KeyRing.parse(text, 'VAULT_KEYS'));
    expect(message).toContain(sentence);
    for (const part of text.split(/[\n,:]/).filter((word) => word.length > 5)) expect(message).not.toContain(part);
  });

  it('shows no key when it is inspected or written as JSON', () => {
    const shown = inspect(one, { depth: 9, showHidden: true }) + JSON.stringify(one);
    expect(shown).not.toContain(first.slice(2, 12));
    expect(shown).not.toMatch(/Buffer|Uint8Array/);
  });

  it('has fingerprints of eight hex digits that differ between keys and stay the same for one', () => {
    expect(both.fingerprint(1)).toMatch(/^[0-9a-f]{8}$/);
    expect(both.fingerprint(1)).toBe(one.fingerprint());
    expect(both.fingerprint(2)).not.toBe(both.fingerprint(1));
  });

  it('derives a different key for each purpose and version, always the same one', () => {
    expect(both.deriveKey('refresh', 1)).toEqual(one.deriveKey('refresh'));
    const keys = [both.deriveKey('refresh'), both.deriveKey('refresh', 1), both.deriveKey('webhook')];
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(3);
    expect(keys.every((key) => key.length === 32)).toBe(true);
    expect(() => one.deriveKey('refresh', 7)).toThrow('Key version 7 is wanted; the ring holds 1 (');
  });
});

describe('a sealed value', () => {
  it('opens to the same bytes with the same context', () => {
    fc.assert(
      fc.property(bytes, context, (plain, where) => {
        expect(both.open(both.seal(plain, where), where).equals(plain)).toBe(true);
        expect(both.unwrapKey(both.wrapKey(plain, where), where).equals(plain)).toBe(true);
      }),
    );
  });

  it('is refused when any bit of it is changed or any byte is cut off', () => {
    const sealed = one.seal('spotify client secret', ['cred_1', 'client_secret']);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => one.open(changed, ['cred_1', 'client_secret'])).toThrow();
    }
    for (let length = 0; length < sealed.length; length++)
      expect(() => one.open(sealed.subarray(0, length), ['cred_1', 'client_secret'])).toThrow(SealBrokenError);
  });

  it('is refused in any other context, and never read one part for another', () => {
    fc.assert(
      fc.property(bytes, context, context, (plain, where, other) => {
        fc.pre(JSON.stringify(where) !== JSON.stringify(other));
        expect(() => one.open(one.seal(plain, where), other)).toThrow(SealBrokenError);
      }),
    );
    expect(() => one.open(one.seal('x', ['ab', 'c']), ['a', 'bc'])).toThrow(SealBrokenError);
  });

  it('is never opened as a wrapped key, nor a wrapped key as a value', () => {
    expect(() => one.unwrapKey(one.seal('x', 'c'), 'c')).toThrow(SealBrokenError);
    expect(() => one.open(one.wrapKey(randomBytes(32), 'c'), 'c')).toThrow(SealBrokenError);
  });

  it('made under an older key still opens, and says which key made it', () => {
    const old = one.seal('kept', 'c');
    expect(both.open(old, 'c').toString()).toBe('kept');
    expect(old.subarray(1, 7)).toEqual(both.keyId(1));
    expect(both.wrapKey(randomBytes(32), 'c').subarray(1, 7)).toEqual(both.keyId());
    expect(readKeyId(both.keyId())).toEqual({ version: 2, fingerprint: both.fingerprint(2) });
  });

  it('names the wanted version and fingerprint when its key is gone', () => {
    const newer = both.seal('x', 'c');
    expect(() => one.open(newer, 'c')).toThrow(UnknownKeyError);
    const wanted = `Key version 2 with fingerprint ${both.fingerprint(2)} is wanted`;
    expect(messageOf(() => one.open(newer, 'c'))).toBe(`${wanted}; the ring holds 1 (${one.fingerprint(1)})`);
  });

  it('is told apart from one of another ring with the same version number', () => {
    const other = KeyRing.parse(generateKeyRingText(1));
    const wanted = `Key version 1 with fingerprint ${one.fingerprint()} is wanted`;
    expect(messageOf(() => other.open(one.seal('x', 'c'), 'c'))).toContain(wanted);
  });

  it('never repeats: the same text sealed twice differs', () => {
    expect(one.seal('x', 'c').equals(one.seal('x', 'c'))).toBe(false);
  });
});

describe('a value sealed with a data key', () => {
  it('opens with that key and context only', () => {
    const [key, other] = [randomBytes(32), randomBytes(32)];
    const sealed = sealWithKey(key, 'token', ['cred_1']);
    expect(openWithKey(key, sealed, ['cred_1']).toString()).toBe('token');
    expect(() => openWithKey(other, sealed, ['cred_1'])).toThrow(SealBrokenError);
    expect(() => openWithKey(key, sealed, ['cred_2'])).toThrow(SealBrokenError);
    expect(() => openWithKey(key, sealed.subarray(0, 20), ['cred_1'])).toThrow(SealBrokenError);
  });
});

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
