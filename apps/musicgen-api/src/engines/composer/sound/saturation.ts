/**
 * Soft saturation in place, of unity gain for small signals: x(27 + x²)/(27 + 9x²), the Padé approximant of tanh, reached
 * faster the larger `drive` is.
 */
export function saturate(samples: Float32Array, frames: number, drive: number): void {
  for (let i = 0; i < frames; i++) {
    const driven = samples[i]! * drive;
    const x = driven > 3 ? 3 : driven < -3 ? -3 : driven;
    samples[i] = (x * (27 + x * x)) / ((27 + 9 * x * x) * drive);
  }
}
