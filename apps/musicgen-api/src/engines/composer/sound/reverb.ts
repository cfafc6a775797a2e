import type { Stereo } from '../../../audio/stereo';
import { SAMPLE_RATE } from '../../../audio/stereo';

const LINES = 8;
const MASK = 4095;
/** Primes between 26 and 85 ms: no two share a resonance. */
const LENGTHS = [1153, 1499, 1823, 2129, 2503, 2909, 3301, 3761];
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
  private readonly lines = Array.from({ length: LINES }, () => new Float32Array(MASK + 1));
  private readonly diffusers = DIFFUSERS.map((length) => ({ buffer: new Float32Array(length), at: 0 }));
  private readonly preDelay = new Float32Array(MASK + 1);
  private readonly gains: Float64Array;
  private readonly damped = new Float64Array(LINES);
  private readonly read = new Float64Array(LINES);
  private readonly scratch: Float32Array;
  private low = 0;
  private time = 0;

  constructor(decaySeconds: number, framesMax: number) {
    this.gains = Float64Array.from(LENGTHS, (length) => 10 ** ((-3 * length) / (decaySeconds * SAMPLE_RATE)));
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

  /** The hot loop: eight lines, mixed by x − (2/8)·Σx, which loses no energy. Left hears even lines, right odd ones. */
  private network(output: Stereo, frames: number): void {
    const { lines, gains, damped, read, scratch, time } = this;
    const { left, right } = output;
    for (let i = 0; i < frames; i++) {
      const write = (time + i) & MASK;
      let sum = 0;
      for (let n = 0; n < LINES; n++) {
        const out = lines[n]![(write - LENGTHS[n]!) & MASK]!;
        damped[n]! += HIGH_CUT * (out - damped[n]!);
        const decayed = damped[n]! * gains[n]!;
        read[n] = decayed;
        sum += decayed;
      }
      const feed = scratch[i]! - 0.25 * sum;
      for (let n = 0; n < LINES; n++) lines[n]![write] = feed + read[n]!;
      left[i]! += read[0]! - read[2]! + read[4]! - read[6]!;
      right[i]! += read[1]! - read[3]! + read[5]! - read[7]!;
    }
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
