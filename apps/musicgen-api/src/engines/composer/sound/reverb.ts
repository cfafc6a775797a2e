import type { Stereo } from '../../../audio/stereo';
import { SAMPLE_RATE } from '../../../audio/stereo';

type Eight<T> = [T, T, T, T, T, T, T, T];

const MASK = 4095;
/** Primes between 26 and 85 ms: no two share a resonance. */
const LENGTHS: Eight<number> = [1153, 1499, 1823, 2129, 2503, 2909, 3301, 3761];
const DIFFUSERS = [149, 211, 347, 509];
const DIFFUSION = 0.62;
const PRE_DELAY = Math.round(0.018 * SAMPLE_RATE);
const HIGH_CUT = onePole(5200);
const LOW_CUT = onePole(190);
/** So far below any sound that it cannot be heard, and far enough above zero that no state becomes denormal. */
const KEEP_NORMAL = 1e-18;

function onePole(hz: number): number {
  return 1 - Math.exp((-2 * Math.PI * hz) / SAMPLE_RATE);
}

/**
 * A room: pre-delay, four all-pass diffusers (M. R. Schroeder, 1962), then a feedback delay network of eight damped
 * lines behind a Householder matrix (J.-M. Jot, 1991). Linear and not modulated, so stems and loops stay exact.
 */
export class Reverb {
  private readonly lines = LENGTHS.map(() => new Float32Array(MASK + 1)) as Eight<Float32Array>;
  private readonly diffusers = DIFFUSERS.map((length) => ({ buffer: new Float32Array(length), at: 0 }));
  private readonly preDelay = new Float32Array(MASK + 1);
  private readonly gains: Eight<number>;
  private damped: Eight<number> = [0, 0, 0, 0, 0, 0, 0, 0];
  private readonly scratch: Float32Array;
  private low = 0;
  private time = 0;

  constructor(decaySeconds: number, framesMax: number) {
    this.gains = LENGTHS.map((length) => 10 ** ((-3 * length) / (decaySeconds * SAMPLE_RATE))) as Eight<number>;
    this.scratch = new Float32Array(framesMax);
  }

  /** Adds the room's answer to `input` to `output`. */
  process(input: Float32Array, output: Stereo, frames: number): void {
    this.prepare(input, frames);
    for (const { buffer, at } of this.diffusers) diffuse(this.scratch, frames, buffer, at);
    for (const diffuser of this.diffusers) diffuser.at = (diffuser.at + frames) % diffuser.buffer.length;
    this.network(output, frames);
    this.time = (this.time + frames) & MASK;
  }

  private prepare(input: Float32Array, frames: number): void {
    const { preDelay, scratch } = this;
    let low = this.low;
    for (let i = 0; i < frames; i++) {
      const write = (this.time + i) & MASK;
      const x = input[i]!;
      low += LOW_CUT * (x - low);
      preDelay[write] = x - low;
      scratch[i] = preDelay[(write - PRE_DELAY) & MASK]! + KEEP_NORMAL;
    }
    this.low = low;
  }

  /**
   * The hot loop: eight lines, mixed by x − (2/8)·Σx, which loses no energy. Left hears even lines, right odd ones.
   * Written out: eight recursions that live in registers overlap in the processor.
   */
  private network(output: Stereo, frames: number): void {
    const { scratch, time } = this;
    const { left, right } = output;
    const [l0, l1, l2, l3, l4, l5, l6, l7] = this.lines;
    const [n0, n1, n2, n3, n4, n5, n6, n7] = LENGTHS;
    const [g0, g1, g2, g3, g4, g5, g6, g7] = this.gains;
    let [d0, d1, d2, d3, d4, d5, d6, d7] = this.damped;
    for (let i = 0; i < frames; i++) {
      const write = (time + i) & MASK;
      d0 += HIGH_CUT * (l0[(write - n0) & MASK]! - d0);
      d1 += HIGH_CUT * (l1[(write - n1) & MASK]! - d1);
      d2 += HIGH_CUT * (l2[(write - n2) & MASK]! - d2);
      d3 += HIGH_CUT * (l3[(write - n3) & MASK]! - d3);
      d4 += HIGH_CUT * (l4[(write - n4) & MASK]! - d4);
      d5 += HIGH_CUT * (l5[(write - n5) & MASK]! - d5);
      d6 += HIGH_CUT * (l6[(write - n6) & MASK]! - d6);
      d7 += HIGH_CUT * (l7[(write - n7) & MASK]! - d7);
      const r0 = d0 * g0;
      const r1 = d1 * g1;
      const r2 = d2 * g2;
      const r3 = d3 * g3;
      const r4 = d4 * g4;
      const r5 = d5 * g5;
      const r6 = d6 * g6;
      const r7 = d7 * g7;
      const feed = scratch[i]! - 0.25 * (r0 + r1 + r2 + r3 + r4 + r5 + r6 + r7);
      l0[write] = feed + r0;
      l1[write] = feed + r1;
      l2[write] = feed + r2;
      l3[write] = feed + r3;
      l4[write] = feed + r4;
      l5[write] = feed + r5;
      l6[write] = feed + r6;
      l7[write] = feed + r7;
      left[i]! += r0 - r2 + r4 - r6;
      right[i]! += r1 - r3 + r5 - r7;
    }
    this.damped = [d0, d1, d2, d3, d4, d5, d6, d7];
  }
}

function diffuse(signal: Float32Array, frames: number, buffer: Float32Array, start: number): void {
  const length = buffer.length;
  let at = start;
  for (let i = 0; i < frames; i++) {
    const delayed = buffer[at]!;
    const x = signal[i]! - DIFFUSION * delayed;
    signal[i] = delayed + DIFFUSION * x;
    buffer[at] = x;
    if (++at === length) at = 0;
  }
}
