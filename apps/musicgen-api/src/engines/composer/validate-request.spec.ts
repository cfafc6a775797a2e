import { makeRequest, makeScore } from './fixture-requests';
import { ACCEPTED, validateRequest } from './validate-request';

describe('validateRequest', () => {
  it('accepts everything it says it accepts', () => {
    for (const genre of ACCEPTED.genres) expect(validateRequest(makeRequest({ genre }))).toEqual([]);
    for (const key of ACCEPTED.keys) expect(validateRequest(makeRequest({ key }))).toEqual([]);
    for (const mood of ACCEPTED.moods) expect(validateRequest(makeRequest({ mood }))).toEqual([]);
    expect(validateRequest(makeRequest({ instruments: [...ACCEPTED.instruments] }))).toEqual([]);
  });

  it.each(ACCEPTED.instruments)('has %s heard when it is asked for', (instrument) => {
    const { parts } = makeScore({ instruments: [instrument], duration: 8 });
    expect(parts.some((part) => part.name.startsWith(instrument))).toBe(true);
  });

  it.each([
    [{ genre: 'polka-core' }, 'genre'],
    [{ key: 'H minor' }, 'key'],
    [{ tempo: 500 }, 'tempo'],
    [{ tempo: Number.NaN }, 'tempo'],
    [{ duration: 0 }, 'duration'],
    [{ intensity: 2 }, 'intensity'],
    [{ instruments: ['piano', 'blorf'] }, 'instruments.1'],
    [{ exclude: ['blorf'] }, 'exclude.0'],
    [{ instruments: ['violin'], exclude: ['strings'] }, 'instruments.0'],
    [{ structure: [{ name: 'verse', bars: 0 }] }, 'structure.0.bars'],
    [{ structure: [{ name: 'verse', bars: 120 }], duration: 10 }, 'structure'],
  ])('refuses %j by the name of its field', (overrides, path) => {
    expect(validateRequest(makeRequest(overrides)).map((problem) => problem.path)).toEqual([path]);
  });

  it('accepts synonyms and spellings', () => {
    expect(
      validateRequest(
        makeRequest({ genre: 'Lo-Fi', instruments: ['Sax', 'electric-guitar', 'Rhodes'], exclude: ['drums'] }),
      ),
    ).toEqual([]);
  });
});
