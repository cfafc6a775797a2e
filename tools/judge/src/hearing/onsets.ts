import { decimate } from '../signal/decimate';
import { spectrogramOf } from '../signal/spectrogram';

/** How strongly something begins at each moment. */
export interface OnsetEnvelope {
  values: Float32Array;
  framesPerSecond: number;
}

const BANDS = 36;
const HZ_MIN = 40;
/** Of the logarithm: soft onsets count, loud ones count more. */
const COMPRESSION = 2;
/** Less change than this is none: the trembling of a held tone. */
const ONSET_MIN = 0.5;

function mel(hz: number): number {
  return 2595 * Math.log10(1 + hz / 700);
}

/** Energies in bands of equal width to the ear. */
function bandsOf(frame: Float32Array, edges: readonly number[]): Float32Array {
  return Float32Array.from({ length: BANDS }, (_, band) => {
    let sum = 0;
    const from = edges[band]!;
    const to = Math.max(from + 1, edges[band + 1]!);
    for (let bin = from; bin < to; bin++) sum += frame[bin]!;
    return Math.log1p(COMPRESSION * (sum / (to - from)));
  });
}

/** Takes away the mean of the second around: what is left stands out. */
function standingOut(values: Float32Array, width: number): Float32Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i]! + values[i]!;
  return values.map((value, i) => {
    const from = Math.max(0, i - width);
    const to = Math.min(values.length, i + width + 1);
    return Math.max(0, value - (sums[to]! - sums[from]!) / (to - from));
  });
}

/** Spectral flux over logarithmic mel bands (Dixon, DAFx 2006; Ellis 2007). `mono` is at 44.1 or 48 kHz. */
export function onsetEnvelopeOf(mono: Float32Array, rate: number): OnsetEnvelope {
  const size = 1024;
  const halfRate = rate / 2;
  const { frames, binHz, framesPerSecond } = spectrogramOf(decimate(mono, 2), { rate: halfRate, size, hop: 256 });
  const edges = Array.from({ length: BANDS + 1 }, (_, i) => {
    const at = mel(HZ_MIN) + ((mel(halfRate / 2) - mel(HZ_MIN)) * i) / BANDS;
    return Math.min(size / 2 - 1, Math.round((700 * (10 ** (at / 2595) - 1)) / binHz));
  });
  const bands = frames.map((frame) => bandsOf(frame, edges));
  const flux = new Float32Array(Math.max(0, bands.length - 1));
  for (let t = 0; t < flux.length; t++) {
    const before = bands[t]!;
    flux[t] = bands[t + 1]!.reduce((sum, value, band) => sum + Math.max(0, value - before[band]!), 0);
  }
  return { values: standingOut(flux, Math.round(framesPerSecond / 2)), framesPerSecond };
}

/** Onsets a second: peaks of the envelope over a fraction of its usual peak. */
export function onsetRateOf({ values, framesPerSecond }: OnsetEnvelope): number {
  const sorted = values.toSorted();
  const threshold = Math.max(ONSET_MIN, 0.15 * (sorted[Math.floor(sorted.length * 0.98)] ?? 0));
  let count = 0;
  for (let i = 2; i < values.length - 2; i++) {
    const value = values[i]!;
    const isPeak =
      value > values[i - 1]! && value >= values[i + 1]! && value > values[i - 2]! && value >= values[i + 2]!;
    if (isPeak && value > threshold) count++;
  }
  return values.length === 0 ? 0 : (count * framesPerSecond) / values.length;
}
