import type { Spectrogram } from './spectrogram';

/** Frames and bins that a median looks at: what lasts is harmonic, what is broad is percussive. */
const ACROSS_TIME = 9;
const ACROSS_BINS = 17;

function medianOf(window: Float32Array, count: number): number {
  for (let i = 1; i < count; i++) {
    const value = window[i]!;
    let at = i;
    for (; at > 0 && window[at - 1]! > value; at--) window[at] = window[at - 1]!;
    window[at] = value;
  }
  return window[count >> 1]!;
}

function mediansOverBins(frame: Float32Array, width: number): Float32Array {
  const half = width >> 1;
  const window = new Float32Array(width);
  return frame.map((_, bin) => {
    let count = 0;
    for (let k = Math.max(0, bin - half); k <= Math.min(frame.length - 1, bin + half); k++) window[count++] = frame[k]!;
    return medianOf(window, count);
  });
}

function mediansOverTime(frames: Float32Array[], at: number, width: number): Float32Array {
  const half = width >> 1;
  const near = frames.slice(Math.max(0, at - half), at + half + 1);
  const window = new Float32Array(width);
  return frames[at]!.map((_, bin) => {
    near.forEach((frame, i) => (window[i] = frame[bin]!));
    return medianOf(window, near.length);
  });
}

/** Takes the drums out: harmonic part by median filtering with soft masks (FitzGerald, DAFx 2010). */
export function harmonicPart({ frames, ...rest }: Spectrogram): Spectrogram {
  const kept = frames.map((frame, t) => {
    const lasting = mediansOverTime(frames, t, ACROSS_TIME);
    const broad = mediansOverBins(frame, ACROSS_BINS);
    return frame.map((value, bin) => {
      const harmonic = lasting[bin]! ** 2;
      return value * (harmonic / (harmonic + broad[bin]! ** 2 + 1e-12));
    });
  });
  return { frames: kept, ...rest };
}
