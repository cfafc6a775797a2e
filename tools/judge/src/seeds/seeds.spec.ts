import type { JudgedScore } from '../crew/engine';
import { flawsOf } from './degenerate';
import { distanceOf, fingerprintOf, melodyDistanceOf, nearestPair } from './fingerprint';

type Part = JudgedScore['parts'][number];

function makePart(overrides: Partial<Part>): Part {
  return { name: 'piano', role: 'lead', channel: 0, program: 0, notes: [], ...overrides };
}

function note(beat: number, pitch: number, beats = 1) {
  return { beat, beats, pitch, velocity: 80 };
}

function makeScore(parts: Part[], overrides: Partial<JudgedScore> = {}): JudgedScore {
  return {
    genre: 'pop',
    durationSeconds: 8,
    key: { tonic: 'C', mode: 'major' },
    timeSignature: { numerator: 4, denominator: 4 },
    tempoMap: [{ beat: 0, bpm: 120 }],
    sections: [{ name: 'verse', startBeat: 0, bars: 4, energy: 0.5 }],
    chords: [{ beat: 0, beats: 16, symbol: 'C', tones: [0, 4, 7] }],
    parts,
    ...overrides,
  };
}

const STEADY = Array.from({ length: 16 }, (_, beat) => note(beat, 64));

function kinds(score: JudgedScore): string[] {
  return [...new Set(flawsOf(score, 8).map(({ kind }) => kind))];
}

describe('the judge of scores', () => {
  it('finds nothing wrong with an even tune', () => {
    expect(kinds(makeScore([makePart({ notes: STEADY })]))).toEqual([]);
  });

  it('finds notes that the instrument does not have', () => {
    expect(kinds(makeScore([makePart({ program: 73, notes: [...STEADY, note(3.5, 40, 0.2)] })]))).toEqual(['range']);
  });

  it('finds a bar in which nobody plays', () => {
    expect(kinds(makeScore([makePart({ notes: STEADY.filter(({ beat }) => beat < 4 || beat >= 8) })]))).toEqual([
      'empty bar',
    ]);
  });

  it('finds a drummer who leaves in the middle of a section', () => {
    const drums = STEADY.filter(({ beat }) => beat < 4 || beat >= 8).map(({ beat }) => note(beat, 36, 0.2));
    const parts = [makePart({ notes: STEADY }), makePart({ name: 'drums', role: 'drums', channel: 9, notes: drums })];
    expect(kinds(makeScore(parts))).toEqual(['missing player']);
  });

  it('finds a key that is struck while it is down', () => {
    expect(kinds(makeScore([makePart({ notes: [...STEADY.slice(0, -2), note(14, 64, 2), note(15, 64, 1)] })]))).toEqual(
      ['same key twice'],
    );
  });

  it('finds a melody that holds the fourth against the third of a major chord', () => {
    const chords = makePart({ name: 'pad', role: 'pad', channel: 1, notes: [note(0, 60, 16), note(0, 64, 16)] });
    const clashing = makePart({ notes: [...STEADY.slice(0, 14), note(14, 65, 2)] });
    expect(kinds(makeScore([clashing, chords]))).toEqual(['clash']);
    expect(kinds(makeScore([makePart({ notes: STEADY }), chords]))).toEqual([]);
  });

  it('finds a piece that ends too early', () => {
    const sections = [{ name: 'verse', startBeat: 0, bars: 2, energy: 0.5 }];
    expect(kinds(makeScore([makePart({ notes: STEADY.slice(0, 8) })], { sections }))).toEqual(['length']);
  });

  it('takes the same tune in another key and tempo for the same', () => {
    const higher = makeScore([makePart({ notes: STEADY.map(({ beat }) => note(beat, 66)) })], {
      key: { tonic: 'D', mode: 'major' },
      tempoMap: [{ beat: 0, bpm: 90 }],
    });
    expect(distanceOf(fingerprintOf(makeScore([makePart({ notes: STEADY })])), fingerprintOf(higher))).toBe(0);
  });

  it('finds the two that are most alike', () => {
    const tunes = [0, 4, 8].map((from) =>
      fingerprintOf(makeScore([makePart({ notes: STEADY.map(({ beat }) => note(beat, 60 + ((beat * from) % 11))) })])),
    );
    const { min, pair } = nearestPair([...tunes, tunes[1]!], melodyDistanceOf);
    expect({ min, pair }).toEqual({ min: 0, pair: [1, 3] });
  });
});
