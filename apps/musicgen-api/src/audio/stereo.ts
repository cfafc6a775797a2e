/** Everything is made at this rate, in frames a second. */
export const SAMPLE_RATE = 44100;

/** A stereo buffer. */
export interface Stereo {
  left: Float32Array;
  right: Float32Array;
}

/** Allocates a silent buffer. */
export function stereo(frames: number): Stereo {
  return { left: new Float32Array(frames), right: new Float32Array(frames) };
}
