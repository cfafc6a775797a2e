import { LOWEST, silence, tonesIn } from './tones';

/** A spectrum of tones, each with its partials at so many levels. */
function spectrumOf(keys: readonly number[], levels: readonly number[]): Float64Array {
  const spectrum = silence();
  for (const key of keys) {
    for (const [i, level] of levels.entries()) {
      const at = key - LOWEST + Math.round(12 * Math.log2(i + 1));
      if (at < spectrum.length) spectrum[at]! += level;
    }
  }
  return spectrum;
}

function loudest(tones: Float64Array, count: number): number[] {
  const ranked = [...tones.keys()].sort((a, b) => tones[b]! - tones[a]!);
  return ranked
    .slice(0, count)
    .map((tone) => tone + LOWEST)
    .sort((a, b) => a - b);
}

describe('the tones of a spectrum', () => {
  const RICH = [1, 0.8, 0.64, 0.51, 0.41, 0.33];

  it('are those whose partials it holds', () => {
    const chord = [45, 57, 60, 64];
    expect(loudest(tonesIn(spectrumOf(chord, RICH)), 4)).toEqual(chord);
  });

  it('are not the fifth and the third among the partials of one', () => {
    const tones = tonesIn(spectrumOf([40], RICH));
    const others = tones.reduce((sum, value) => sum + value, 0) - tones[40 - LOWEST]!;
    expect(others).toBeLessThan(0.1 * tones[40 - LOWEST]!);
  });

  it('are none in silence', () => {
    expect(Math.max(...tonesIn(silence()))).toBe(0);
  });
});
