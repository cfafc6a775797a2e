import { createMp3Encoder, createOggEncoder } from 'wasm-media-encoders';

/** The Vorbis build keeps a third of a megabyte at each `configure`: after this many it is left to the collector. */
const OGG_USES_MAX = 20;

/**
 * Encoders are taken and given back: each holds its own WebAssembly memory, which the garbage collector is slow to
 * notice. `configure` starts afresh, so what was encoded before leaves no trace.
 */
class EncoderPool<T extends object> {
  private readonly idle: T[] = [];
  private readonly uses = new WeakMap<T, number>();

  constructor(
    private readonly create: () => Promise<T>,
    private readonly usesMax = Infinity,
  ) {}

  async take(): Promise<T> {
    const encoder = this.idle.pop() ?? (await this.create());
    this.uses.set(encoder, (this.uses.get(encoder) ?? 0) + 1);
    return encoder;
  }

  /** After a complete stream. One that was given up must not come back. */
  giveBack(encoder: T): void {
    if (this.uses.get(encoder)! < this.usesMax) this.idle.push(encoder);
  }
}

/** LAME. */
export const mp3Encoders = new EncoderPool(createMp3Encoder);

/** Vorbis. */
export const oggEncoders = new EncoderPool(createOggEncoder, OGG_USES_MAX);
