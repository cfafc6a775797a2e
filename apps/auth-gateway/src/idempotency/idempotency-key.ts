import { AppError } from '@musicgen/error-codes';
import { openWithKey, sealWithKey, type KeyRing } from '@musicgen/service-kit';
import { hash, hkdfSync } from 'node:crypto';

/** Printable ASCII, as RFC 9110 lets a field hold it. */
const form = /^[\x20-\x7e]{1,255}$/;

/** Undefined where none came. Throws VALIDATION_FAILED. */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && form.test(header)) return header;
  const problem = 'must have 1 to 255 characters of ASCII';
  throw new AppError('VALIDATION_FAILED', {
    details: `Idempotency-Key ${problem}`,
    data: { fields: [{ path: 'header:idempotency-key', problem }] },
  });
}

/** Any text, kept apart from its neighbours: ['ab', 'c'] is not ['a', 'bc']. */
export const digest = (...parts: readonly string[]): string => hash('sha256', JSON.stringify(parts), 'hex');

/**
 * Seals what belongs to one Idempotency-Key: whoever has database and key ring still needs the Idempotency-Key itself, which
 * is stored hashed.
 */
export class IdempotencySeal {
  readonly #key: Buffer;

  /** Throws `UnknownKeyError` if the ring has no such version. */
  constructor(
    ring: KeyRing,
    idempotencyKey: string,
    private readonly keyHash: string,
    readonly ringVersion = ring.newest,
  ) {
    const secret = ring.deriveKey('idempotent-requests', ringVersion);
    this.#key = Buffer.from(hkdfSync('sha256', secret, idempotencyKey, keyHash, 32));
  }

  seal(part: 'seed' | 'answer', plaintext: Uint8Array | string): Buffer {
    return sealWithKey(this.#key, plaintext, [part, this.keyHash]);
  }

  /** Throws `SealBrokenError`. */
  open(part: 'seed' | 'answer', sealed: Uint8Array): Buffer {
    return openWithKey(this.#key, sealed, [part, this.keyHash]);
  }
}
