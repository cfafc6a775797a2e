import { Fft } from './fft';

/** Magnitudes over time: `frames[t][bin]`. */
export interface Spectrogram {
  frames: Float32Array[];
  binHz: number;
  framesPerSecond: number;
}

export interface SpectrogramOptions {
  rate: number;
  /** Samples of a window: a power of two. */
  size: number;
  hop: number;
  /** Bins above are not kept. */
  hzMax?: number;
}

/** Short-time Fourier transform with a Hann window. */
export function spectrogramOf(signal: Float32Array, { rate, size, hop, hzMax }: SpectrogramOptions): Spectrogram {
  const fft = new Fft(size);
  const window = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
  const binHz = rate / size;
  const bins = Math.min(size / 2, hzMax === undefined ? size / 2 : Math.ceil(hzMax / binHz));
  const frame = new Float64Array(size);
  const magnitudes = new Float32Array(size / 2);
  const frames: Float32Array[] = [];
  for (let start = 0; start + size <= signal.length; start += hop) {
    for (let i = 0; i < size; i++) frame[i] = signal[start + i]! * window[i]!;
    fft.magnitudes(frame, magnitudes);
    frames.push(magnitudes.slice(0, bins));
  }
  return { frames, binHz, framesPerSecond: rate / hop };
}
