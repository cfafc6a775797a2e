import { silenceOf, truePeak } from './levels';
import { integratedLoudness, loudnessRange } from './loudness';
import { RATE, sine } from './sounds';

describe('the judges of level', () => {
  it('read −23 LUFS of the reference sine in both channels (EBU Tech 3341, case 1)', () => {
    const channel = sine(1000, -23, 8);
    expect(integratedLoudness([channel, channel], RATE)).toBeCloseTo(-23, 1);
  });

  it('do not count what is quieter than the gate (EBU Tech 3341, case 3)', () => {
    const channel = Float32Array.from([...sine(1000, -36, 2), ...sine(1000, -23, 16), ...sine(1000, -36, 2)]);
    expect(Math.abs(integratedLoudness([channel, channel], RATE) + 23)).toBeLessThan(0.1);
  });

  it('read the loudness range of two levels', () => {
    const channel = Float32Array.from([...sine(1000, -20, 8), ...sine(1000, -30, 8)]);
    expect(loudnessRange([channel, channel], RATE)).toBeCloseTo(10, 0);
  });

  it('read a peak between the samples', () => {
    const between = sine(RATE / 4, -6, 1, Math.PI / 4);
    expect(Math.max(...between)).toBeLessThan(10 ** (-8.9 / 20));
    expect(truePeak([between])).toBeCloseTo(-6, 1);
  });

  it('know how long it is silent, and how long at the end', () => {
    const piece = Float32Array.from([...sine(300, -10, 1), ...new Float32Array(3 * RATE), ...sine(300, -10, 1)]);
    expect(silenceOf(piece, RATE).longestSeconds).toBeCloseTo(3, 1);
    expect(silenceOf(piece, RATE).atEndSeconds).toBe(0);
  });
});
