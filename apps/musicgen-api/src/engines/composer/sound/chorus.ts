import type { Stereo } from '../../../audio/stereo';
import { SAMPLE_RATE } from '../../../audio/stereo';

const MASK = 2047;
const RATE_HZ = 0.55;
const DELAY = 0.014 * SAMPLE_RATE;
const DEPTH = 0.0035 * SAMPLE_RATE;
/** Frames between two values of the oscillator; between them the delay moves in a straight line. */
const STEP = 32;

/** Two delays swept against each other, one a side: the width of an ensemble. Linear, so stems stay exact. */
export class Chorus {
  private readonly buffer = new Float32Array(MASK + 1);
  private readonly increment: number;
  private time = 0;

  /** A loop of `loopFrames` gets a whole number of sweeps. */
  constructor(loopFrames?: number) {
    const sweeps = loopFrames && Math.max(1, Math.round((loopFrames * RATE_HZ) / SAMPLE_RATE));
    this.increment = (2 * Math.PI * (sweeps ? sweeps / loopFrames : RATE_HZ / SAMPLE_RATE)) as number;
  }

  /** Adds the ensemble of `input` to `output`. */
  process(input: Float32Array, output: Stereo, frames: number): void {
    for (let at = 0; at < frames; at += STEP) this.step(input, output, at, Math.min(frames, at + STEP));
  }

  private step(input: Float32Array, { left, right }: Stereo, from: number, to: number): void {
    const { buffer } = this;
    const sweep = DEPTH * Math.sin(this.time * this.increment);
    const slope = (DEPTH * Math.sin((this.time + to - from) * this.increment) - sweep) / (to - from);
    for (let i = from; i < to; i++) {
      const write = (this.time + i - from) & MASK;
      buffer[write] = input[i]!;
      const offset = sweep + slope * (i - from);
      left[i]! += tap(buffer, write, DELAY + offset);
      right[i]! += tap(buffer, write, DELAY - offset);
    }
    this.time += to - from;
  }
}

function tap(buffer: Float32Array, write: number, delay: number): number {
  const whole = Math.floor(delay);
  const newer = buffer[(write - whole) & MASK]!;
  return newer + (delay - whole) * (buffer[(write - whole - 1) & MASK]! - newer);
}
