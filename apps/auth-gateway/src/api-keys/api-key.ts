import type { Mode } from '@musicgen/platform-contracts';
import { bstr } from 'crc-32';
import { createHash, hash, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const HEAD = { live: 'sk_live_', test: 'sk_test_' } as const satisfies Record<Mode, string>;
const HEAD_LENGTH = 8;
const RANDOM_LENGTH = 26;
const CHECKSUM_LENGTH = 6;
const CHECKED_LENGTH = HEAD_LENGTH + RANDOM_LENGTH;
const KEY_LENGTH = CHECKED_LENGTH + CHECKSUM_LENGTH;

// Code unit → base62 digit; -1 for what no key contains.
const DIGITS = Int8Array.from({ length: 128 }, (_, code) => ALPHABET.indexOf(String.fromCharCode(code)));

export interface NewApiKey {
  /** The secret itself: it goes into one answer and is stored nowhere. */
  key: string;
  hash: string;
  prefix: string;
  last4: string;
}

/** Of the same seed comes the same key: a request that is repeated after a crash ends in the key that is there already. */
export function makeApiKey(mode: Mode, seed: Uint8Array = randomBytes(32)): NewApiKey {
  const checked = HEAD[mode] + randomDigits(seed);
  const key = checked + base62(bstr(checked) >>> 0);
  return { key, hash: hashApiKey(key), prefix: key.slice(0, HEAD_LENGTH + 4), last4: key.slice(-4) };
}

/**
 * Tells by shape and checksum alone whether a text can be one of our keys, before any look-up. The checksum covers the
 * prefix, so that a live key does not become a test key by editing. It is no secret: anyone can compute it, nothing is
 * compared with what is stored, and so nothing here needs constant time.
 */
export function parseApiKey(text: string): { mode: Mode } | null {
  if (text.length !== KEY_LENGTH) return null;
  const mode = text.startsWith(HEAD.live) ? 'live' : text.startsWith(HEAD.test) ? 'test' : null;
  if (mode === null) return null;
  let checksum = 0;
  for (let at = HEAD_LENGTH; at < KEY_LENGTH; at++) {
    // Beyond ASCII the table gives undefined, which is no digit either.
    const digit = DIGITS[text.charCodeAt(at)] ?? -1;
    if (digit < 0) return null;
    if (at >= CHECKED_LENGTH) checksum = checksum * ALPHABET.length + digit;
  }
  return bstr(text.slice(0, CHECKED_LENGTH)) >>> 0 === checksum ? PARSED[mode] : null;
}

// One object per mode: the check runs on every request and makes no garbage.
const PARSED = { live: { mode: 'live' }, test: { mode: 'test' } } as const;

/** SHA-256 in hex, what the database holds. A fast hash is enough for 154 random bits (ASVS 5, 6.5.2). */
export function hashApiKey(key: string): string {
  return hash('sha256', key, 'hex');
}

/** Bytes that would make some digits likelier than others are passed over; of 256, at least 26 are left. */
function randomDigits(seed: Uint8Array): string {
  const bytes = createHash('shake256', { outputLength: 256 }).update('api key').update(seed).digest();
  const fair = bytes.filter((byte) => byte < 256 - (256 % ALPHABET.length));
  return [...fair.subarray(0, RANDOM_LENGTH)].map((byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
}

function base62(value: number): string {
  let digits = '';
  for (let rest = value; digits.length < CHECKSUM_LENGTH; rest = Math.floor(rest / ALPHABET.length))
    digits = ALPHABET.charAt(rest % ALPHABET.length) + digits;
  return digits;
}
