const HALF_LENGTH = 24;

/** Half-band low pass: a sinc under a Blackman window. */
const TAPS = Float64Array.from({ length: 2 * HALF_LENGTH + 1 }, (_, i) => {
  const t = i - HALF_LENGTH;
  const phase = (Math.PI * i) / HALF_LENGTH;
  const window = 0.42 - 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase);
  return t === 0 ? 0.46 : (Math.sin(0.46 * Math.PI * t) / (Math.PI * t)) * window;
});

function halve(signal: Float32Array): Float32Array {
  const out = new Float32Array(signal.length >> 1);
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    const start = 2 * i - HALF_LENGTH;
    const from = Math.max(0, -start);
    const to = Math.min(TAPS.length, signal.length - start);
    for (let k = from; k < to; k++) sum += TAPS[k]! * signal[start + k]!;
    out[i] = sum;
  }
  return out;
}

/** Lowers the sample rate by a power of two, without aliases. */
export function decimate(signal: Float32Array, factor: 1 | 2 | 4): Float32Array {
  let out = signal;
  for (let done = 1; done < factor; done *= 2) out = halve(out);
  return out;
}
