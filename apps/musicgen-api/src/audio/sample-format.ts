/** Full scale of a 24-bit sample. */
const SCALE = 1 << 23;

/**
 * Rounds to 24 bits in place. No dither: the error lies 60 dB below the noise of any sound bank, and
 * the same samples must give the same bytes.
 */
export function quantise(samples: Float32Array, frames = samples.length): void {
  for (let i = 0; i < frames; i++) {
    const value = Math.floor(samples[i]! * SCALE + 0.5);
    samples[i] = (value > SCALE - 1 ? SCALE - 1 : value < -SCALE ? -SCALE : value) / SCALE;
  }
}

/** Quantised samples as interleaved 24-bit integers in 32-bit words. */
export function interleave(left: Float32Array, right: Float32Array): Int32Array<ArrayBuffer> {
  const out = new Int32Array(left.length * 2);
  for (let i = 0; i < left.length; i++) {
    out[2 * i] = left[i]! * SCALE;
    out[2 * i + 1] = right[i]! * SCALE;
  }
  return out;
}

/** The same as little-endian bytes, three a sample: the body of a WAV file, and what FLAC's MD5 is taken of. */
export function packed24(left: Float32Array, right: Float32Array, out = Buffer.allocUnsafe(left.length * 6)): Buffer {
  for (let i = 0, at = 0; i < left.length; i++, at += 6) {
    const l = (left[i]! * SCALE) | 0;
    const r = (right[i]! * SCALE) | 0;
    out[at] = l;
    out[at + 1] = l >> 8;
    out[at + 2] = l >> 16;
    out[at + 3] = r;
    out[at + 4] = r >> 8;
    out[at + 5] = r >> 16;
  }
  return out;
}

/** Inverse of `packed24`: bytes to floats of full scale 1. */
export function unpacked24(bytes: Uint8Array): [left: Float32Array, right: Float32Array] {
  const frames = Math.floor(bytes.length / 6);
  const left = new Float32Array(frames);
  const right = new Float32Array(frames);
  for (let i = 0, at = 0; i < frames; i++, at += 6) {
    left[i] = (((bytes[at + 2]! << 24) >> 8) | (bytes[at + 1]! << 8) | bytes[at]!) / SCALE;
    right[i] = (((bytes[at + 5]! << 24) >> 8) | (bytes[at + 4]! << 8) | bytes[at + 3]!) / SCALE;
  }
  return [left, right];
}
