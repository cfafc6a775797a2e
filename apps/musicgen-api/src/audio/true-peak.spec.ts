import { OVERSHOOT_MAX, TruePeakMeter, decibels } from './true-peak';

const RATE = 44100;

function peakOf(signal: (frame: number) => number, frames = RATE): number {
  const meter = new TruePeakMeter();
  const samples = Float32Array.from({ length: frames }, (_, i) => signal(i));
  for (let at = 0; at < frames; at += 777) meter.write(samples.subarray(at, at + 777), samples.subarray(at, at + 777));
  return decibels(meter.end());
}

const sine = (ratio: number, phase: number, amplitude: number) => (frame: number) =>
  amplitude * Math.sin(2 * Math.PI * ratio * frame + phase);

/** Faded in and out: a sine that starts at full height really does overshoot between the first samples. */
const faded = (signal: (frame: number) => number) => (frame: number) =>
  signal(frame) * Math.min(1, frame / 2000, (RATE - frame) / 2000);

/** @see EBU Tech 3341, table 1, cases 15 to 19: tolerance +0.2 and −0.4 dB. */
describe('TruePeakMeter', () => {
  it.each([
    [1 / 4, 0, 0.5, -6],
    [1 / 4, Math.PI / 4, 0.5, -6],
    [1 / 6, Math.PI / 3, 0.5, -6],
    [1 / 8, (Math.PI * 67.5) / 180, 0.5, -6],
    [1 / 4, Math.PI / 4, 1.41, 3],
  ])('finds the peak between the samples of a sine at %f of the rate', (ratio, phase, amplitude, expected) => {
    const off = peakOf(faded(sine(ratio, phase, amplitude))) - expected;
    expect(off).toBeLessThanOrEqual(0.2);
    expect(off).toBeGreaterThanOrEqual(-0.4);
  });

  it('never reads less than the highest sample', () => {
    expect(peakOf((frame) => (frame === 500 ? 0.8 : 0))).toBeGreaterThanOrEqual(decibels(0.8) - 1e-6);
  });

  it('sees a peak in the very last frame', () => {
    expect(peakOf((frame) => (frame === 999 ? -0.7 : 0), 1000)).toBeGreaterThanOrEqual(decibels(0.7) - 1e-6);
  });

  it('finds the same whether it skips low blocks or not', () => {
    const noise = (frame: number) => Math.sin(frame * frame * 0.37) * (0.3 + 0.6 * Math.sin(frame * 0.001) ** 2);
    const exhaustive = new TruePeakMeter(64, 0);
    const samples = Float32Array.from({ length: RATE }, (_, i) => noise(i));
    exhaustive.write(samples, samples);
    expect(peakOf(noise)).toBe(decibels(exhaustive.end()));
  });

  it('bounds how far a peak can stand over the samples', () => {
    expect(OVERSHOOT_MAX).toBeGreaterThan(1.5);
    expect(OVERSHOOT_MAX).toBeLessThan(2.5);
  });
});
