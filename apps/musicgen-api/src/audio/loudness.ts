import type { Biquad } from './biquad';

/** Decibels of a power sum as ITU-R BS.1770 writes them: LUFS for a K-weighted mean square. */
export function lufs(meanSquare: number): number {
  return meanSquare > 0 ? -0.691 + 10 * Math.log10(meanSquare) : -Infinity;
}

const ABSOLUTE_GATE = 10 ** ((-70 + 0.691) / 10);
const RELATIVE_GATE = 0.1;

/** Hop of the 400 ms gating blocks: three quarters of each overlap the next. */
export const LOUDNESS_HOP_SECONDS = 0.1;

/**
 * Gated loudness over mean squares of successive hops (ITU-R BS.1770-4, annex 1, equations 3 to 7).
 * A signal shorter than one block is measured as a single one.
 */
export function gatedLoudness(hops: ArrayLike<number>, count = hops.length): number {
  const blocks: number[] = [];
  for (let i = 0; i + 4 <= count; i++) blocks.push((hops[i]! + hops[i + 1]! + hops[i + 2]! + hops[i + 3]!) / 4);
  if (blocks.length === 0 && count > 0) blocks.push(mean(Array.from({ length: count }, (_, i) => hops[i]!)));
  const audible = blocks.filter((power) => power > ABSOLUTE_GATE);
  const threshold = RELATIVE_GATE * mean(audible);
  return lufs(mean(audible.filter((power) => power > threshold)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** The two K-weighting sections for any sample rate, as libebur128 derives them from BS.1770's 48 kHz table. */
export function kWeighting(sampleRate: number): [Biquad, Biquad] {
  const k1 = Math.tan((Math.PI * 1681.974450955533) / sampleRate);
  const q1 = 0.7071752369554196;
  const high = 10 ** (3.999843853973347 / 20);
  const band = high ** 0.4996667741545416;
  const a0 = 1 + k1 / q1 + k1 * k1;
  const k2 = Math.tan((Math.PI * 38.13547087602444) / sampleRate);
  const q2 = 0.5003270373238773;
  const c0 = 1 + k2 / q2 + k2 * k2;
  return [
    {
      b0: (high + (band * k1) / q1 + k1 * k1) / a0,
      b1: (2 * (k1 * k1 - high)) / a0,
      b2: (high - (band * k1) / q1 + k1 * k1) / a0,
      a1: (2 * (k1 * k1 - 1)) / a0,
      a2: (1 - k1 / q1 + k1 * k1) / a0,
    },
    { b0: 1, b1: -2, b2: 1, a1: (2 * (k2 * k2 - 1)) / c0, a2: (1 - k2 / q2 + k2 * k2) / c0 },
  ];
}

/** Sums of K-weighted squares of both channels over blocks of a fixed number of frames. */
export class KWeightedEnergy {
  private readonly shelf: Biquad;
  private readonly cut: Biquad;
  private readonly state = new Float64Array(8);
  private filled = 0;
  private sum = 0;

  constructor(
    sampleRate: number,
    private readonly blockFrames: number,
    private readonly onBlock: (sum: number) => void,
  ) {
    [this.shelf, this.cut] = kWeighting(sampleRate);
  }

  write(left: Float32Array, right: Float32Array, frames: number): void {
    for (let at = 0; at < frames;) {
      const end = Math.min(frames, at + this.blockFrames - this.filled);
      this.sum += this.filter(left, right, at, end);
      this.filled += end - at;
      at = end;
      if (this.filled === this.blockFrames) {
        this.onBlock(this.sum);
        this.filled = 0;
        this.sum = 0;
      }
    }
  }

  /** Both sections and both channels in one pass: this loop runs for every sample of every piece. */
  private filter(left: Float32Array, right: Float32Array, from: number, to: number): number {
    const { b0, b1, b2, a1, a2 } = this.shelf;
    const { a1: c1, a2: c2 } = this.cut;
    const s = this.state;
    let [l1, l2, l3, l4] = [s[0]!, s[1]!, s[2]!, s[3]!];
    let [r1, r2, r3, r4] = [s[4]!, s[5]!, s[6]!, s[7]!];
    let sum = 0;
    for (let i = from; i < to; i++) {
      const l = left[i]! + 1e-18;
      const r = right[i]! + 1e-18;
      const sl = b0 * l + l1;
      const sr = b0 * r + r1;
      l1 = b1 * l - a1 * sl + l2;
      r1 = b1 * r - a1 * sr + r2;
      l2 = b2 * l - a2 * sl;
      r2 = b2 * r - a2 * sr;
      const yl = sl + l3;
      const yr = sr + r3;
      l3 = -2 * sl - c1 * yl + l4;
      r3 = -2 * sr - c1 * yr + r4;
      l4 = sl - c2 * yl;
      r4 = sr - c2 * yr;
      sum += yl * yl + yr * yr;
    }
    s[0] = l1;
    s[1] = l2;
    s[2] = l3;
    s[3] = l4;
    s[4] = r1;
    s[5] = r2;
    s[6] = r3;
    s[7] = r4;
    return sum;
  }
}

/** Integrated loudness of a stereo stream in LUFS (ITU-R BS.1770-4). */
export class LoudnessMeter {
  private readonly hops: number[] = [];
  private readonly energy: KWeightedEnergy;

  constructor(sampleRate: number) {
    const hop = Math.round(sampleRate * LOUDNESS_HOP_SECONDS);
    this.energy = new KWeightedEnergy(sampleRate, hop, (sum) => this.hops.push(sum / hop));
  }

  write(left: Float32Array, right: Float32Array, frames = left.length): void {
    this.energy.write(left, right, frames);
  }

  integrated(): number {
    return gatedLoudness(this.hops);
  }
}
