/** Discrete Fourier transform of real signals by the radix-2 algorithm of Cooley and Tukey (1965). */
export class Fft {
  private readonly cosines: Float64Array;
  private readonly sines: Float64Array;
  private readonly reversed: Uint32Array;
  private readonly real: Float64Array;
  private readonly imaginary: Float64Array;

  /** `size` is a power of two. */
  constructor(readonly size: number) {
    const bits = Math.log2(size);
    if (!Number.isInteger(bits)) throw new RangeError(`${size} is no power of two`);
    this.cosines = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.sines = Float64Array.from({ length: size / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / size));
    this.real = new Float64Array(size);
    this.imaginary = new Float64Array(size);
    this.reversed = new Uint32Array(size);
    for (let i = 1; i < size; i++) this.reversed[i] = (this.reversed[i >> 1]! >> 1) | (i & 1 ? size >> 1 : 0);
  }

  /** Magnitudes of the bins 0 to size / 2 − 1 into `out`. */
  magnitudes(frame: Float32Array | Float64Array, out: Float32Array): void {
    const { real, imaginary, reversed, size } = this;
    for (let i = 0; i < size; i++) real[reversed[i]!] = frame[i]!;
    imaginary.fill(0);
    for (let half = 1; half < size; half *= 2) this.butterflies(half);
    for (let i = 0; i < size / 2; i++) out[i] = Math.hypot(real[i]!, imaginary[i]!);
  }

  private butterflies(half: number): void {
    const { real, imaginary, cosines, sines, size } = this;
    const step = size / (2 * half);
    for (let start = 0; start < size; start += 2 * half) {
      for (let k = 0; k < half; k++) {
        const a = start + k;
        const b = a + half;
        const cosine = cosines[k * step]!;
        const sine = sines[k * step]!;
        const re = real[b]! * cosine + imaginary[b]! * sine;
        const im = imaginary[b]! * cosine - real[b]! * sine;
        real[b] = real[a]! - re;
        imaginary[b] = imaginary[a]! - im;
        real[a] = real[a]! + re;
        imaginary[a] = imaginary[a]! + im;
      }
    }
  }
}
