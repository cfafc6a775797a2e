import { LoudnessMeter } from './loudness';

const RATE = 44100;

/** Loudness of a 1 kHz sine on both channels, in stretches of seconds and dBFS. */
function sineLoudness(stretches: [seconds: number, dbfs: number][], sampleRate = RATE): number {
  const meter = new LoudnessMeter(sampleRate);
  let phase = 0;
  for (const [seconds, dbfs] of stretches) {
    const samples = Float32Array.from({ length: Math.round(seconds * sampleRate) }, () => {
      phase += (2 * Math.PI * 1000) / sampleRate;
      return 10 ** (dbfs / 20) * Math.sin(phase);
    });
    for (let at = 0; at < samples.length; at += 1000) {
      meter.write(samples.subarray(at, at + 1000), samples.subarray(at, at + 1000));
    }
  }
  return meter.integrated();
}

/** @see EBU Tech 3341, table 1: the minimum requirements test signals, tolerance 0.1 LU. */
describe('LoudnessMeter', () => {
  it('reads −23 LUFS for a stereo 1 kHz sine at −23 dBFS', () => {
    expect(Math.abs(sineLoudness([[20, -23]]) + 23)).toBeLessThanOrEqual(0.1);
  });

  it('reads −33 LUFS for the same at −33 dBFS, and at 48 kHz too', () => {
    expect(Math.abs(sineLoudness([[20, -33]]) + 33)).toBeLessThanOrEqual(0.1);
    expect(Math.abs(sineLoudness([[20, -33]], 48000) + 33)).toBeLessThanOrEqual(0.1);
  });

  it('leaves quiet passages out by the relative gate', () => {
    const loudness = sineLoudness([
      [10, -36],
      [60, -23],
      [10, -36],
    ]);
    expect(Math.abs(loudness + 23)).toBeLessThanOrEqual(0.1);
  });

  it('leaves near silence out by the absolute gate', () => {
    const loudness = sineLoudness([
      [10, -72],
      [10, -36],
      [60, -23],
      [10, -36],
      [10, -72],
    ]);
    expect(Math.abs(loudness + 23)).toBeLessThanOrEqual(0.1);
  });

  it('measures a single second', () => {
    expect(Math.abs(sineLoudness([[1, -14]]) + 14)).toBeLessThanOrEqual(0.1);
  });

  it('reads −∞ for silence', () => {
    expect(sineLoudness([[2, -Infinity]])).toBe(-Infinity);
  });
});
