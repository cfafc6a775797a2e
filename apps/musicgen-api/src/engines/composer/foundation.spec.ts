import { compose } from './compose';
import { makeRequest } from './fixture-requests';
import { GENRE_IDS } from './genres/registry';

const MAIN = (name: string) => name !== 'intro' && name !== 'outro';

describe('an extension', () => {
  it.each(GENRE_IDS)('goes on in the tempo, key, metre and with the players of the piece before: %s', (genre) => {
    const before = makeRequest({ prompt: 'a piece', genre, seed: 5, duration: 60 });
    const { score } = compose(before);
    const { score: next } = compose(makeRequest({ prompt: 'something else', seed: 6, extensionOf: before }));
    expect(next.genre).toBe(genre);
    expect(next.key).toEqual(score.key);
    expect(next.timeSignature).toEqual(score.timeSignature);
    expect(next.tempoMap).toEqual([{ beat: 0, bpm: score.tempoMap[0]!.bpm }]);
    expect(next.durationSeconds).toBe(30);
    const names = new Set(score.parts.map(({ name }) => name));
    expect(next.parts.filter(({ name }) => !names.has(name)).length).toBeLessThanOrEqual(1);
    expect(next.sections[0]!.name).not.toBe('intro');
  });

  it('has other notes than the piece before, and the same chords where a section comes back', () => {
    const known = GENRE_IDS.map((genre) => {
      const before = makeRequest({ genre, seed: 2, duration: 120 });
      const [score, next] = [
        compose(before),
        compose(makeRequest({ seed: 3, duration: 120, extensionOf: before })),
      ].map((each) => each.score) as [ReturnType<typeof compose>['score'], ReturnType<typeof compose>['score']];
      expect(next.parts.map(({ notes }) => notes)).not.toEqual(score.parts.map(({ notes }) => notes));
      const chordsOf = ({ sections, chords }: typeof score) =>
        sections
          .filter(({ name }) => MAIN(name))
          .map(({ name, startBeat }) => {
            const sounding = chords.filter(({ beat, beats }) => beat + beats > startBeat && beat < startBeat + 8);
            return `${name}: ${sounding.map(({ symbol }) => symbol).join(' ')}`;
          });
      const familiar = new Set(chordsOf(score));
      return chordsOf(next).some((section) => familiar.has(section));
    });
    expect(known.filter(Boolean).length).toBeGreaterThan(GENRE_IDS.length / 2);
  });

  it('can be extended again, and is another piece then', () => {
    const first = makeRequest({ prompt: 'folk song', seed: 1 });
    const second = makeRequest({ prompt: 'folk song', seed: 1, extensionOf: first });
    const third = makeRequest({ prompt: 'folk song', seed: 1, extensionOf: second });
    const scores = [first, second, third].map((request) => compose(request).score);
    expect(new Set(scores.map(({ parts }) => JSON.stringify(parts))).size).toBe(3);
    expect(new Set(scores.map(({ tempoMap }) => tempoMap[0]!.bpm)).size).toBe(1);
  });

  it('follows its own duration, structure, intensity and loop', () => {
    const before = makeRequest({ prompt: 'rock', seed: 1 });
    const structure = [
      { name: 'Chorus', bars: 8 },
      { name: 'Outro', bars: 4 },
    ];
    const { score } = compose(makeRequest({ extensionOf: before, structure, duration: 30, seed: 2 }));
    expect(score.sections[0]).toMatchObject({ name: 'Chorus', bars: 8 });
    const loop = compose(makeRequest({ extensionOf: before, loop: true, duration: 16, seed: 2 })).score;
    expect(loop.loop).toBe(true);
  });

  it('can be varied: form and chords stay, the tune does not', () => {
    const extensionOf = makeRequest({ prompt: 'pop', seed: 1 });
    const original = compose(makeRequest({ extensionOf, seed: 2 })).score;
    const variation = compose(makeRequest({ extensionOf, seed: 3, variationOf: { seed: 2 } })).score;
    expect(variation.sections).toEqual(original.sections);
    expect(variation.chords).toEqual(original.chords);
    expect(variation.parts).not.toEqual(original.parts);
  });
});
