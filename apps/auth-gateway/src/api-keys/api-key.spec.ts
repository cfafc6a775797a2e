import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { hashApiKey, makeApiKey, parseApiKey } from './api-key';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const mode = fc.constantFrom('live' as const, 'test' as const);

describe('a new API key', () => {
  it('has the published form and passes its own checksum', () => {
    fc.assert(
      fc.property(mode, (wanted) => {
        const { key } = makeApiKey(wanted);
        expect(key).toMatch(wanted === 'live' ? /^sk_live_[A-Za-z0-9]{32}$/ : /^sk_test_[A-Za-z0-9]{32}$/);
        expect(parseApiKey(key)).toEqual({ mode: wanted });
      }),
    );
  });

  it('comes with its SHA-256 and what may be shown of it', () => {
    const made = makeApiKey('live');
    expect(made.hash).toBe(createHash('sha256').update(made.key).digest('hex'));
    expect(made.hash).toBe(hashApiKey(made.key));
    expect(made.prefix).toBe(made.key.slice(0, 12));
    expect(made.last4).toBe(made.key.slice(-4));
  });

  it('is the same for the same seed, in the same mode only', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
        expect(makeApiKey('live', seed)).toEqual(makeApiKey('live', seed));
        expect(parseApiKey(makeApiKey('live', seed).key)).toEqual({ mode: 'live' });
        expect(makeApiKey('live', seed).hash).not.toBe(makeApiKey('test', seed).hash);
      }),
    );
    expect(makeApiKey('live').key).not.toBe(makeApiKey('live').key);
  });

  it('uses every character about equally often', () => {
    const counts = new Map<string, number>();
    for (let made = 0; made < 2_000; made++)
      for (const char of makeApiKey('test').key.slice(8, 34)) counts.set(char, (counts.get(char) ?? 0) + 1);
    const expected = (2_000 * 26) / 62;
    const chiSquare = [...ALPHABET].reduce(
      (sum, char) => sum + ((counts.get(char) ?? 0) - expected) ** 2 / expected,
      0,
    );
    // 61 degrees of freedom: a fair generator passes 140 about once in ten million runs; bytes taken modulo 62 give about 400.
    expect(chiSquare).toBeLessThan(140);
  });
});

describe('a text that is not one of our keys', () => {
  it('is refused after any typing error in one character', () => {
    fc.assert(
      fc.property(mode, fc.nat(39), fc.constantFrom(...ALPHABET, '_', ' ', 'é', '\u0130', '😀'), (kind, at, char) => {
        const { key } = makeApiKey(kind);
        fc.pre(key[at] !== char);
        expect(parseApiKey(key.slice(0, at) + char + key.slice(at + 1))).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });

  it('is refused when two neighbours are swapped', () => {
    fc.assert(
      fc.property(mode, fc.nat(38), (kind, at) => {
        const { key } = makeApiKey(kind);
        fc.pre(key[at] !== key[at + 1]);
        expect(parseApiKey(key.slice(0, at) + key[at + 1] + key[at] + key.slice(at + 2))).toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });

  it('is refused when a live key is edited into a test key', () => {
    expect(parseApiKey(makeApiKey('live').key.replace('sk_live_', 'sk_test_'))).toBeNull();
  });

  it('is refused when it is made up, cut, lengthened or of other characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => parseApiKey(text) === null));
    const made = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 32, maxLength: 32 });
    fc.assert(fc.property(made, (text) => parseApiKey(`sk_live_${text}`) === null));
    const { key } = makeApiKey('live');
    for (const text of ['', key.slice(0, -1), `${key}0`, ` ${key}`, key.toUpperCase(), key.replace('sk_', 'pk_')])
      expect(parseApiKey(text)).toBeNull();
  });

  it('is refused when its characters agree with a key only in their low bytes', () => {
    const { key } = makeApiKey('live');
    expect(parseApiKey(key.slice(0, 20) + String.fromCharCode(key.charCodeAt(20) + 256) + key.slice(21))).toBeNull();
  });
});
