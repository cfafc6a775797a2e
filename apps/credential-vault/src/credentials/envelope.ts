import { AppError } from '@musicgen/error-codes';
import type { Mode } from '@musicgen/platform-contracts';
import { openWithKey, sealWithKey, type KeyRing } from '@musicgen/service-kit';
import { randomBytes } from 'node:crypto';

/** What a secret is bound to. A value that is moved to another row, owner, mode or field does not open. */
export interface Binding {
  id: string;
  userId: string;
  mode: Mode;
}

const context = (binding: Binding, field: string) => [binding.id, binding.userId, binding.mode, field];

/** Each credential has its own data key; the ring's newest key wraps it. */
export class Envelope {
  private constructor(
    private readonly dataKey: Buffer,
    private readonly binding: Binding,
    readonly wrapped: Buffer,
  ) {}

  static create(ring: KeyRing, binding: Binding): Envelope {
    const dataKey = randomBytes(32);
    return new Envelope(dataKey, binding, ring.wrapKey(dataKey, context(binding, 'data_key')));
  }

  /** Throws INTERNAL_ERROR with the reason as its cause: broken bytes, or a key that the ring does not hold. */
  static open(ring: KeyRing, binding: Binding, wrapped: Buffer): Envelope {
    return readable(
      nameOf(binding),
      () => new Envelope(ring.unwrapKey(wrapped, context(binding, 'data_key')), binding, wrapped),
    );
  }

  /** The same data key, wrapped by the ring's newest key. */
  static rewrap(ring: KeyRing, binding: Binding, wrapped: Buffer): Buffer {
    return ring.wrapKey(Envelope.open(ring, binding, wrapped).dataKey, context(binding, 'data_key'));
  }

  seal(field: string, value: unknown): string {
    return sealWithKey(this.dataKey, JSON.stringify(value), context(this.binding, `secret:${field}`)).toString(
      'base64',
    );
  }

  openField(field: string, sealed: string): unknown {
    return readable(nameOf(this.binding), () => {
      const bytes = openWithKey(this.dataKey, Buffer.from(sealed, 'base64'), context(this.binding, `secret:${field}`));
      return JSON.parse(bytes.toString('utf8'));
    });
  }
}

const nameOf = ({ id }: Binding) => `The credential ${id}`;

/** Never a silent null: what does not open is an error that names the row. */
export function readable<T>(row: string, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    throw new AppError('INTERNAL_ERROR', { details: `${row} cannot be decrypted`, cause });
  }
}
