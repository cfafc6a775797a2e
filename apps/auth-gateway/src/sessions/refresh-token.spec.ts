import { generateKeyRingText, KeyRing } from '@musicgen/service-kit';
import fc from 'fast-check';
import { RefreshTokens } from './refresh-token';

const ringText = generateKeyRingText(1);
const tokens = new RefreshTokens(KeyRing.parse(ringText));
const n = fc.integer({ min: 0, max: 0xffffffff });

describe('a refresh token', () => {
  it('is refresh_ and 43 characters, and says its family and number', () => {
    fc.assert(
      fc.property(n, (number) => {
        const family = tokens.newFamily();
        const text = tokens.make({ family, n: number });
        expect(text).toMatch(/^refresh_[A-Za-z0-9_-]{43}$/);
        expect(tokens.parse(text)).toEqual({ family, n: number });
      }),
    );
  });

  it('can be made again, the same to the letter', () => {
    const family = tokens.newFamily();
    expect(tokens.make({ family, n: 7 })).toBe(tokens.make({ family, n: 7 }));
    expect(tokens.make({ family, n: 7 })).not.toBe(tokens.make({ family, n: 8 }));
    expect(tokens.newFamily()).not.toBe(family);
  });

  it('is refused with any bit changed', () => {
    const bytes = Buffer.from(tokens.make({ family: tokens.newFamily(), n: 3 }).slice(8), 'base64url');
    for (let bit = 0; bit < 256; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(tokens.parse(`refresh_${changed.toString('base64url')}`)).toBeNull();
    }
  });

  it('has one spelling only', () => {
    const text = tokens.make({ family: tokens.newFamily(), n: 3 });
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const accepted = [...digits].filter((last) => tokens.parse(text.slice(0, -1) + last) !== null);
    expect(accepted).toEqual([text.at(-1)]);
    for (const other of [
      '',
      'refresh_',
      `${text}=`,
      ` ${text}`,
      text.slice(0, -1),
      text.replace('refresh_', 'Refresh_'),
    ])
      expect(tokens.parse(other)).toBeNull();
  });

  it('made under an older key of the ring still verifies, one of another ring does not', () => {
    const text = tokens.make({ family: tokens.newFamily(), n: 3 });
    const rotated = new RefreshTokens(KeyRing.parse(ringText + generateKeyRingText(2)));
    expect(rotated.parse(text)).toEqual(tokens.parse(text));
    expect(tokens.parse(rotated.make({ family: tokens.newFamily(), n: 0 }))).toBeNull();
    expect(new RefreshTokens(KeyRing.parse(generateKeyRingText(1))).parse(text)).toBeNull();
  });
});
