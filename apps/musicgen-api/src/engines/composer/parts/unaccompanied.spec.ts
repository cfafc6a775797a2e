import * as fc from 'fast-check';
import { makeScore, secondsAt } from '../fixture-requests';

const SOLOISTS = ['flute', 'violin', 'cello', 'trumpet', 'clarinet', 'saxophone'];

describe('a player alone', () => {
  it('never falls silent for two seconds', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SOLOISTS), fc.integer({ min: 50, max: 180 }), fc.nat(1e6), (who, tempo, seed) => {
        const score = makeScore({ prompt: `solo ${who}`, tempo, seed, duration: 40 });
        expect(score.parts).toHaveLength(1);
        let until = 0;
        for (const { beat, beats } of score.parts[0]!.notes) {
          expect(secondsAt(score, beat) - until).toBeLessThan(2);
          until = Math.max(until, secondsAt(score, beat + beats));
        }
        expect(score.durationSeconds - until).toBeLessThan(2);
      }),
      { numRuns: 60, seed: 4 },
    );
  });

  it('marks most beats, so that one can follow', () => {
    for (const who of SOLOISTS) {
      const score = makeScore({ prompt: `solo ${who}`, tempo: 96, timeSignature: '4/4', duration: 40 });
      const struck = new Set(score.parts[0]!.notes.map(({ beat }) => Math.round(beat)));
      const beats = Math.floor(score.chords.at(-1)!.beat);
      const marked = Array.from({ length: beats }, (_, beat) => beat).filter((beat) => struck.has(beat));
      expect(marked.length / beats).toBeGreaterThan(0.8);
    }
  });

  it('plays one note at a time', () => {
    for (const who of SOLOISTS) {
      const { notes } = makeScore({ prompt: `solo ${who}`, duration: 40 }).parts[0]!;
      const together = notes.filter((note, i) => i > 0 && note.beat - notes[i - 1]!.beat < 0.02);
      expect(together).toEqual([]);
    }
  });
});
