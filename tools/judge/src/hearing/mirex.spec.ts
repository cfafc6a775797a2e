import { keyNamed, keyRelation, MIREX_WEIGHTS, nameOfKey } from './mirex';

function weight(asked: string, heard: string): number {
  return MIREX_WEIGHTS[keyRelation(keyNamed(asked), keyNamed(heard))];
}

describe('the MIREX score of a key', () => {
  it.each([
    ['A minor', 'A minor', 1],
    ['C# minor', 'Db minor', 1],
    ['C major', 'G major', 0.5],
    ['C major', 'F major', 0.5],
    ['C major', 'A minor', 0.3],
    ['A minor', 'C major', 0.3],
    ['C major', 'C minor', 0.2],
    ['C major', 'E minor', 0],
    ['C major', 'D major', 0],
    ['B minor', 'F# minor', 0.5],
    ['Eb minor', 'Gb major', 0.3],
  ])('of %s heard as %s is %d', (asked, heard, expected) => {
    expect(weight(asked, heard)).toBe(expected);
  });

  it('reads every name that it writes', () => {
    for (let tonic = 0; tonic < 12; tonic++) {
      expect(keyNamed(nameOfKey({ tonic, mode: 'minor' }))).toEqual({ tonic, mode: 'minor' });
    }
  });

  it('refuses what is no key', () => {
    expect(() => keyNamed('H major')).toThrow('"H major" is no key');
  });
});
