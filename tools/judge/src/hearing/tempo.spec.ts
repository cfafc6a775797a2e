import { onsetEnvelopeOf, onsetRateOf } from './onsets';
import { clickTrack, RATE, sine } from './sounds';
import { estimateTempo } from './tempo';

function heardIn(signal: Float32Array): number | undefined {
  return estimateTempo(onsetEnvelopeOf(signal, RATE));
}

describe('the judge of tempo', () => {
  it.each([63, 84, 97, 118.5, 128, 140, 174])(
    'hears %d clicks a minute within half a percent, an octave allowed',
    (bpm) => {
      const heard = heardIn(clickTrack(bpm, 16))!;
      const octave = [0.5, 1, 2].map((factor) => Math.abs(heard / (bpm * factor) - 1));
      expect(Math.min(...octave)).toBeLessThan(0.005);
    },
  );

  it('hears the beat under a tresillo', () => {
    const heard = heardIn(clickTrack(112, 16, [0.9, 0.2, 0.4, 0.8, 0.4, 0.2, 0.8, 0.2]))!;
    expect(Math.min(...[56, 112, 224].map((bpm) => Math.abs(heard / bpm - 1)))).toBeLessThan(0.01);
  });

  /** Beats with what is usual between them, by eighths: accents, back beats, long and short, three against four. */
  const RHYTHMS: Record<string, number[]> = {
    'even eighths': [0.8, 0.5],
    'back beat': [0.6, 0.3, 0.9, 0.3],
    'off-beats louder than beats': [0.5, 0.7, 0.5, 0.7, 0.6, 0.7, 0.5, 0.7],
    waltz: [0.9, 0.1, 0.5, 0.1, 0.5, 0.1],
    'son clave over a pulse': [0.9, 0.3, 0.4, 0.7, 0.5, 0.3, 0.8, 0.3, 0.5, 0.3, 0.8, 0.3, 0.9, 0.3, 0.4, 0.3],
    'half time': [0.9, 0.2, 0.4, 0.2, 0.4, 0.2, 0.4, 0.2, 0.9, 0.2, 0.4, 0.2, 0.4, 0.2, 0.4, 0.2],
  };

  it.each(Object.keys(RHYTHMS))('hears no two thirds and no four thirds of it: %s', (name) => {
    for (const bpm of [88, 150]) {
      const heard = heardIn(clickTrack(bpm, 12, RHYTHMS[name]))!;
      const octave = Math.min(...[0.5, 1, 2].map((factor) => Math.abs(heard / (bpm * factor) - 1)));
      expect({ bpm, heard, isNear: octave < 0.02 }).toMatchObject({ bpm, isNear: true });
    }
  });

  it('prefers the tempo at which people tap', () => {
    expect(heardIn(clickTrack(120, 12))).toBeCloseTo(120, 0);
  });

  it('hears no tempo in silence', () => {
    expect(heardIn(new Float32Array(4 * RATE))).toBeUndefined();
  });

  it('counts the onsets of a second', () => {
    const rate = onsetRateOf(onsetEnvelopeOf(clickTrack(120, 10), RATE));
    expect(rate).toBeGreaterThan(3);
    expect(rate).toBeLessThan(5);
  });

  it('finds few onsets in a held tone', () => {
    expect(onsetRateOf(onsetEnvelopeOf(sine(440, -12, 6), RATE))).toBeLessThan(1);
  });
});
