const PHASES = 4;
const REACH = 16;

/** Interpolates between samples: a sinc under a Hann window, one row a phase. */
const KERNELS = Array.from({ length: PHASES - 1 }, (_, i) =>
  Float64Array.from({ length: 2 * REACH }, (_value, k) => {
    const t = k - REACH + 1 - (i + 1) / PHASES;
    return (Math.sin(Math.PI * t) / (Math.PI * t)) * Math.cos((Math.PI * t) / (2 * REACH + 2)) ** 2;
  }),
);

/** Peak of the waveform between the samples in dBTP: oversampled four times (ITU-R BS.1770-4, annex 2). */
export function truePeak(channels: readonly Float32Array[]): number {
  let peak = 0;
  for (const channel of channels) for (const value of channel) peak = Math.max(peak, Math.abs(value));
  const samplePeak = peak;
  for (const channel of channels) {
    for (let i = REACH; i < channel.length - REACH; i++) {
      // Between two quiet samples no peak hides that matters.
      if (Math.max(Math.abs(channel[i]!), Math.abs(channel[i + 1]!)) < 0.6 * samplePeak) continue;
      for (const kernel of KERNELS) {
        let sum = 0;
        for (let k = 0; k < kernel.length; k++) sum += kernel[k]! * channel[i - REACH + 1 + k]!;
        peak = Math.max(peak, Math.abs(sum));
      }
    }
  }
  return peak > 0 ? 20 * Math.log10(peak) : -Infinity;
}

/** The longest stretch in seconds that stays below −60 dBFS, and how much of it is at the end. */
export function silenceOf(mono: Float32Array, rate: number): { longestSeconds: number; atEndSeconds: number } {
  const step = Math.round(rate / 20);
  let [longest, run] = [0, 0];
  for (let start = 0; start + step <= mono.length; start += step) {
    let peak = 0;
    for (let i = start; i < start + step; i++) peak = Math.max(peak, Math.abs(mono[i]!));
    run = peak < 0.001 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return { longestSeconds: longest / 20, atEndSeconds: run / 20 };
}
