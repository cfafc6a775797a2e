import { makeScore } from '../fixture-requests';
import { chordOf } from '../harmony/chord';
import { INSTRUMENTS } from '../instruments';
import type { Score } from '../score';
import { GENRES, GENRE_IDS } from './registry';

const C_MAJOR = { tonic: 'C', mode: 'major' } as const;

/** What tells genres apart without listening: who plays, how densely, how it swings. */
function featuresOf(score: Score): number[] {
  const beats = score.chords.at(-1)!.beat;
  const notesOf = (role: string) => score.parts.filter((part) => part.role === role).flatMap((part) => part.notes);
  const drums = notesOf('drums');
  const share = (pitches: number[]) => drums.filter((note) => pitches.includes(note.pitch)).length / beats;
  const offbeat = score.parts.flatMap((part) => part.notes).map((note) => note.beat % 1);
  const late = offbeat.filter((at) => at > 0.56 && at < 0.7).length / Math.max(1, offbeat.length);
  const families = ['keys', 'guitar', 'strings', 'woodwind', 'brass', 'synth', 'mallet', 'voice'].map((family) =>
    score.parts.some(
      (part) => INSTRUMENTS.get(part.name.replace(/_(chords|pad|lead|counter|bass).*$/, ''))?.family === family,
    )
      ? 0.5
      : 0,
  );
  const tones = score.chords.reduce((sum, chord) => sum + chord.tones.length, 0) / score.chords.length;
  const kit = (score.parts.find((part) => part.role === 'drums')?.program ?? -10) / 15;
  return [
    share([35, 36]),
    share([37]),
    share([38, 40]),
    share([39]),
    share([42, 44, 46]),
    share([51, 53]),
    late * 4,
    notesOf('bass').length / beats / 2,
    tones,
    kit,
    score.tempoMap[0]!.bpm / 60,
    ...families,
  ];
}

function distance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
}

describe('genres', () => {
  it('are at least 16', () => {
    expect(GENRE_IDS.length).toBeGreaterThanOrEqual(16);
  });

  it.each(GENRE_IDS)('%s names only chords and instruments that exist', (id) => {
    const { harmony, band, forms } = GENRES[id]!;
    for (const book of Object.values(harmony)) {
      for (const list of Object.values(book).flat()) {
        for (const numeral of (list as string).split(/[|\s]+/).filter(Boolean))
          expect(() => chordOf(numeral, C_MAJOR)).not.toThrow();
      }
    }
    for (const slot of band) for (const player of slot.players) expect(INSTRUMENTS.has(player)).toBe(true);
    for (const form of [...forms.songs, ...forms.cycles]) expect(form).toMatch(/^[IVPCBSKUDTO]( [IVPCBSKUDTO])*$/);
  });

  it.each(GENRE_IDS)('%s writes its patterns in whole bars', (id) => {
    const { drums, band } = GENRES[id]!;
    const lengths = (patterns: (string | undefined)[], bar: number) =>
      patterns.filter((pattern) => pattern && pattern.length % bar !== 0);
    const { calm = [], main = [], full = [], fast = [], triple = [] } = drums ?? {};
    expect(
      lengths(
        [...calm, ...main, ...full, ...fast].flatMap((groove) => Object.values(groove)),
        16,
      ),
    ).toEqual([]);
    expect(
      lengths(
        triple.flatMap((groove) => Object.values(groove)),
        12,
      ),
    ).toEqual([]);
    for (const slot of band) {
      const book = slot.role === 'bass' ? slot.bass : slot.role === 'chords' ? slot.comp : undefined;
      if (book) expect(lengths([...book.calm, ...book.main, ...book.full, ...(book.fast ?? [])], 16)).toEqual([]);
      if (book) expect(lengths(book.triple ?? [], 12)).toEqual([]);
    }
  });

  it('are told apart by who plays, how densely and how it swings', () => {
    const pieces = (genre: string, seeds: number[]) =>
      seeds.map((seed) => featuresOf(makeScore({ prompt: 'music', genre, seed, duration: 40 })));
    const known = GENRE_IDS.map((genre) => ({ genre, examples: pieces(genre, [1, 2, 3, 4, 5, 6, 7, 8]) }));
    const asked = GENRE_IDS.flatMap((genre) =>
      pieces(genre, [101, 102, 103, 104]).map((features) => ({ genre, features })),
    );
    const right = asked.filter(({ genre, features }) => {
      const ranked = known.flatMap(({ genre: name, examples }) =>
        examples.map((example) => ({ name, far: distance(example, features) })),
      );
      return ranked.reduce((best, each) => (each.far < best.far ? each : best)).name === genre;
    });
    expect(right.length / asked.length).toBeGreaterThanOrEqual(0.85);
  });
});
