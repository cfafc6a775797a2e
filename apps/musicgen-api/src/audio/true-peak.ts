const TAPS = 12;
/** Frames of the past that the interpolator looks at before the first new one. */
const HISTORY = TAPS - 1;

/**
 * Four-times oversampling by a Hann-windowed sinc of 12 taps a phase (ITU-R BS.1770-4, annex 2).
 * Phase 0 is the sample itself; phase 3 is phase 1 mirrored.
 */
const [QUARTER, HALF] = [0.25, 0.5].map((offset) =>
  Float64Array.from({ length: TAPS }, (_, k) => {
    const t = k - (TAPS / 2 - 1) - offset;
    return (Math.sin(Math.PI * t) / (Math.PI * t)) * (0.5 + 0.5 * Math.cos((Math.PI * t) / (TAPS / 2)));
  }),
) as [Float64Array, Float64Array];

/** No interpolated value can exceed the highest sample around it by more than this factor. */
export const OVERSHOOT_MAX = HALF.reduce((sum, tap) => sum + Math.abs(tap), 0);

/** Highest absolute interpolated value for frames `from` to `to` of `x`; needs 6 frames after and 5 before each. */
function interpolatedPeak(x: Float32Array, from: number, to: number): number {
  const q0 = QUARTER[0]!;
  const q1 = QUARTER[1]!;
  const q2 = QUARTER[2]!;
  const q3 = QUARTER[3]!;
  const q4 = QUARTER[4]!;
  const q5 = QUARTER[5]!;
  const q6 = QUARTER[6]!;
  const q7 = QUARTER[7]!;
  const q8 = QUARTER[8]!;
  const q9 = QUARTER[9]!;
  const q10 = QUARTER[10]!;
  const q11 = QUARTER[11]!;
  const h0 = HALF[0]!;
  const h1 = HALF[1]!;
  const h2 = HALF[2]!;
  const h3 = HALF[3]!;
  const h4 = HALF[4]!;
  const h5 = HALF[5]!;
  let peak = 0;
  for (let i = from; i < to; i++) {
    const a = x[i - 5]!;
    const b = x[i - 4]!;
    const c = x[i - 3]!;
    const d = x[i - 2]!;
    const e = x[i - 1]!;
    const f = x[i]!;
    const g = x[i + 1]!;
    const h = x[i + 2]!;
    const j = x[i + 3]!;
    const k = x[i + 4]!;
    const l = x[i + 5]!;
    const m = x[i + 6]!;
    const half = Math.abs(h0 * (a + m) + h1 * (b + l) + h2 * (c + k) + h3 * (d + j) + h4 * (e + h) + h5 * (f + g));
    const first = Math.abs(
      q0 * a + q1 * b + q2 * c + q3 * d + q4 * e + q5 * f + q6 * g + q7 * h + q8 * j + q9 * k + q10 * l + q11 * m,
    );
    const third = Math.abs(
      q0 * m + q1 * l + q2 * k + q3 * j + q4 * h + q5 * g + q6 * f + q7 * e + q8 * d + q9 * c + q10 * b + q11 * a,
    );
    if (half > peak) peak = half;
    if (first > peak) peak = first;
    if (third > peak) peak = third;
  }
  return peak;
}

/** Highest absolute sample of frames `from` to `to`. */
export function samplePeak(x: Float32Array, from: number, to: number): number {
  let peak = 0;
  for (let i = from; i < to; i++) {
    const value = Math.abs(x[i]!);
    if (value > peak) peak = value;
  }
  return peak;
}

/**
 * True peak of a stereo stream, block by block and over all. Blocks whose samples are so low that no interpolated
 * value could reach `floor` times the highest peak so far are not interpolated: they report their sample peak.
 */
export class TruePeakMeter {
  private readonly buffers: [Float32Array, Float32Array];
  private filled = HISTORY;
  private highest = 0;

  constructor(
    private readonly blockFrames = 64,
    private readonly floor = 1,
    private readonly onBlock?: (peak: number) => void,
  ) {
    this.buffers = [new Float32Array(blockFrames + HISTORY), new Float32Array(blockFrames + HISTORY)];
  }

  write(left: Float32Array, right: Float32Array, frames = left.length): void {
    for (let at = 0; at < frames;) {
      const count = Math.min(frames - at, this.blockFrames + HISTORY - this.filled);
      // For so few frames `set` takes longer to be called than to copy.
      const [l, r] = this.buffers;
      for (let i = 0; i < count; i++) {
        l[this.filled + i] = left[at + i]!;
        r[this.filled + i] = right[at + i]!;
      }
      this.filled += count;
      at += count;
      if (this.filled === this.blockFrames + HISTORY) this.block();
    }
  }

  /** Ends the stream (its last frames need silence after them) and tells the highest absolute value. */
  end(): number {
    const silence = new Float32Array(this.blockFrames + HISTORY);
    this.write(silence, silence);
    return this.highest;
  }

  private block(): void {
    let peak = 0;
    for (const buffer of this.buffers) {
      const [from, to] = [HISTORY - 6, buffer.length - 6];
      const own = samplePeak(buffer, from, to);
      const around = Math.max(own, samplePeak(buffer, 0, from), samplePeak(buffer, to, buffer.length));
      peak = Math.max(peak, own);
      if (around * OVERSHOOT_MAX > this.highest * this.floor) {
        peak = Math.max(peak, interpolatedPeak(buffer, from, to));
      }
      for (let i = 0; i < HISTORY; i++) buffer[i] = buffer[this.blockFrames + i]!;
    }
    this.highest = Math.max(this.highest, peak);
    this.filled = HISTORY;
    this.onBlock?.(peak);
  }
}

/** Decibels of a linear amplitude. */
export function decibels(amplitude: number): number {
  return amplitude > 0 ? 20 * Math.log10(amplitude) : -Infinity;
}
