const PHASES = 4;
/** Samples on either side of the gap: enough for cymbals and noise, whose peaks a short interpolator misses by most of a decibel. */
const REACH = 16;
const HISTORY = 2 * REACH;
/** Between samples lower than this share of the highest so far there is no higher peak. */
const WORTH_LOOKING = 0.5;

/** A sinc under a Hann window, one row for each place between two samples. */
const KERNELS = Array.from({ length: PHASES - 1 }, (_, i) =>
  Float64Array.from({ length: HISTORY }, (_value, k) => {
    const t = k - REACH + 1 - (i + 1) / PHASES;
    return (Math.sin(Math.PI * t) / (Math.PI * t)) * Math.cos((Math.PI * t) / (HISTORY + 2)) ** 2;
  }),
);

/** Highest absolute value of a stereo stream between its samples. It looks only where a peak can be, and there closely. */
export class InterSamplePeak {
  private readonly tails = [new Float32Array(HISTORY), new Float32Array(HISTORY)] as const;
  private joined = new Float32Array(0);
  private highest = 0;

  write(left: Float32Array, right: Float32Array): void {
    this.channel(left, this.tails[0]);
    this.channel(right, this.tails[1]);
  }

  /** Ends the stream: its last samples need silence after them. */
  end(): number {
    const silence = new Float32Array(HISTORY);
    this.write(silence, silence);
    return this.highest;
  }

  private channel(samples: Float32Array, tail: Float32Array): void {
    const length = HISTORY + samples.length;
    if (this.joined.length < length) this.joined = new Float32Array(length);
    const joined = this.joined.subarray(0, length);
    joined.set(tail);
    joined.set(samples, HISTORY);
    let highest = this.highest;
    for (let i = HISTORY; i < length; i++) {
      const value = Math.abs(joined[i]!);
      if (value > highest) highest = value;
    }
    let before = Math.abs(joined[REACH]!);
    for (let i = REACH; i < length - REACH; i++) {
      const after = Math.abs(joined[i + 1]!);
      const worthLooking = WORTH_LOOKING * highest;
      if (before > worthLooking || after > worthLooking) highest = Math.max(highest, peakBetween(joined, i));
      before = after;
    }
    this.highest = highest;
    tail.set(joined.subarray(length - HISTORY));
  }
}

/** Highest absolute value between frame `at` and the next. */
function peakBetween(samples: Float32Array, at: number): number {
  let peak = 0;
  for (const kernel of KERNELS) {
    let sum = 0;
    for (let k = 0; k < HISTORY; k++) sum += kernel[k]! * samples[at - REACH + 1 + k]!;
    peak = Math.max(peak, Math.abs(sum));
  }
  return peak;
}
