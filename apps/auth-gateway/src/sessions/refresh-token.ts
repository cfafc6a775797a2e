import type { KeyRing } from '@musicgen/service-kit';
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const HEAD = 'refresh_';
const FAMILY_BYTES = 12;
const SIGNED_BYTES = FAMILY_BYTES + 4;
const MAC_BYTES = 16;
const SHAPE = /^refresh_[A-Za-z0-9_-]{43}$/;

export interface RefreshTokenParts {
  /** 96 random bits in base64url: the row's key. */
  family: string;
  n: number;
}

/** `refresh_` + base64url(family ‖ n ‖ MAC). No token is stored: each can be made again, and any older one is recognised. */
export class RefreshTokens {
  // Newest first. All of a ring's keys verify, so that rotating the ring logs nobody out.
  readonly #keys: readonly Buffer[];

  constructor(ring: KeyRing) {
    this.#keys = ring.versions.map((version) => ring.deriveKey('refresh-token', version));
  }

  newFamily(): string {
    return randomBytes(FAMILY_BYTES).toString('base64url');
  }

  make({ family, n }: RefreshTokenParts): string {
    const signed = Buffer.alloc(SIGNED_BYTES);
    signed.write(family, 'base64url');
    signed.writeUInt32BE(n, FAMILY_BYTES);
    return HEAD + Buffer.concat([signed, mac(this.#keys[0]!, signed)]).toString('base64url');
  }

  /** Null for whatever this installation did not make. */
  parse(text: string): RefreshTokenParts | null {
    if (!SHAPE.test(text)) return null;
    const bytes = Buffer.from(text.slice(HEAD.length), 'base64url');
    // 43 digits hold two bits more than 32 bytes: a second spelling of a token is not the token.
    if (HEAD + bytes.toString('base64url') !== text) return null;
    const signed = bytes.subarray(0, SIGNED_BYTES);
    const given = bytes.subarray(SIGNED_BYTES);
    // Every key is tried: the time says nothing about which one fitted.
    const genuine = this.#keys.map((key) => timingSafeEqual(mac(key, signed), given)).includes(true);
    if (!genuine) return null;
    return {
      family: signed.subarray(0, FAMILY_BYTES).toString('base64url'),
      n: signed.readUInt32BE(FAMILY_BYTES),
    };
  }
}

function mac(key: Buffer, signed: Buffer): Buffer {
  return createHmac('sha256', key).update(signed).digest().subarray(0, MAC_BYTES);
}
