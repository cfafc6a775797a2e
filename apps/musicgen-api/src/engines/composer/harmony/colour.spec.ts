import { GENRES } from '../genres/registry';
import { streamsOf } from '../random';
import { chordOf } from './chord';
import { coloured } from './colour';
import { chroma, pitchClass } from './pitch';

const KEYS = { major: { tonic: 'C', mode: 'major' }, minor: { tonic: 'A', mode: 'minor' } } as const;

/** Every progression of every genre, coloured by some seeds. */
function everyColouring() {
  return Object.values(GENRES).flatMap(({ id, harmony }) =>
    (['major', 'minor'] as const).flatMap((mode) =>
      [...harmony[mode].verse, ...harmony[mode].chorus].flatMap((progression) => {
        const bars = progression.split('|').map((bar) => bar.trim().split(/\s+/));
        return [1, 2, 3, 4].map((seed) => {
          const random = streamsOf(`${id} ${progression} ${seed}`)('colour');
          return { mode, bars, colours: coloured(bars, random) };
        });
      }),
    ),
  );
}

describe('a coloured progression', () => {
  it('has as many bars, begins as it did, and only chords that exist', () => {
    for (const { mode, bars, colours } of everyColouring()) {
      expect(colours).toHaveLength(bars.length);
      expect(colours[0]).toEqual(bars[0]);
      for (const numeral of colours.flat()) expect(() => chordOf(numeral, KEYS[mode])).not.toThrow();
    }
  });

  it('stays at home where it was at home', () => {
    for (const { mode, bars, colours } of everyColouring()) {
      const tonic = chroma(KEYS[mode].tonic);
      bars.forEach((bar, i) => {
        if (bar.length > 1 || chordOf(bar[0]!, KEYS[mode]).root !== tonic) return;
        const roots = colours[i]!.map((numeral) => pitchClass(chordOf(numeral, KEYS[mode]).root - tonic));
        expect(roots).toContain(0);
      });
    }
  });

  it('brings no tone of the other mode into a minor key', () => {
    const foreign = everyColouring()
      .filter(({ mode }) => mode === 'minor')
      .flatMap(({ bars, colours }) => colours.flatMap((bar, i) => (bar.join() === bars[i]!.join() ? [] : bar)))
      .filter((numeral) => chordOf(numeral, KEYS.minor).tones.includes(1));
    // The third of A major; the fifth of F♯.
    expect(foreign).toEqual([]);
  });

  it('is another for many seeds', () => {
    const bars = [['I'], ['V'], ['vi'], ['IV']];
    const found = new Set(
      Array.from({ length: 60 }, (_, seed) => JSON.stringify(coloured(bars, streamsOf(`${seed}`)('colour')))),
    );
    expect(found.size).toBeGreaterThan(15);
  });
});
