import { chromaOf } from './chroma';
import { keyOfChroma } from './key-profiles';
import { nameOfKey } from './mirex';
import { cadence, chordTrack, clickTrack, RATE } from './sounds';

const KEYS = [0, 1, 6, 10].flatMap((tonic) =>
  (['major', 'minor'] as const).map((mode) => ({ tonic, mode, name: nameOfKey({ tonic, mode }) })),
);

function heardIn(signal: Float32Array): string {
  return nameOfKey(keyOfChroma(chromaOf(signal, RATE)));
}

describe('the judge of keys', () => {
  it.each(KEYS)('hears a cadence in $name', ({ tonic, mode, name }) => {
    expect(heardIn(chordTrack(cadence(tonic, mode), 0.8))).toBe(name);
  });

  it('hears the same key when everything is 40 cents sharp', () => {
    expect(heardIn(chordTrack(cadence(2, 'minor'), 0.8, { cents: 40 }))).toBe('D minor');
  });

  it.each(['hollow', 'distorted'] as const)('takes no partial of a %s tone for a tone', (timbre) => {
    for (const { tonic, mode, name } of KEYS) {
      expect(heardIn(chordTrack(cadence(tonic, mode), 0.8, { timbre }))).toBe(name);
    }
  });

  it('hears the key through drums', () => {
    const music = chordTrack([...cadence(7, 'major'), ...cadence(7, 'major')], 1);
    const drums = clickTrack(128, 8);
    expect(heardIn(music.map((value, i) => value + drums[i]!))).toBe('G major');
  });

  it('answers what each profile would have said', () => {
    const { votes } = keyOfChroma([1, 0, 0.5, 0, 0.6, 0.4, 0, 0.8, 0, 0.4, 0, 0.4]);
    expect(Object.values(votes).map(nameOfKey)).toEqual(['C major', 'C major', 'C major']);
  });
});
