import * as fc from 'fast-check';
import { compose } from '../compose';
import { makeRequest } from '../fixture-requests';
import { readPrompt } from './read-prompt';
import { parseKey } from './read-key';
import { GENRES_BY_WORD, INSTRUMENTS_BY_WORD, MOODS_BY_WORD, TEMPOS_BY_WORD } from './vocabularies';

const interpretationOf = (prompt: string, overrides = {}) =>
  compose(makeRequest({ prompt, duration: 5, ...overrides })).interpretation;

describe('a prompt', () => {
  it.each([
    ['Upbeat jazz with saxophone', 'jazz'],
    ['lo-fi hip hop beats to study to', 'lofi'],
    ['hip-hop', 'hiphop'],
    ['drum & bass without bass', 'drum_and_bass'],
    ['orchestral rock', 'rock'],
    ['hip hop with jazz piano', 'hiphop'],
    ['Bossa Nova at the beach', 'latin'],
    ['smooth R&B', 'rnb'],
    ['80s synthwave', 'pop'],
    ['celtic jig', 'folk'],
    ['lovers rock', 'reggae'],
    ['sweeping film theme', 'orchestral'],
    ['K-pop dance track', 'pop'],
    ['string quartet', 'classical'],
  ])('names a genre: %s', (prompt, genre) => {
    expect(readPrompt(prompt).genre).toBe(genre);
  });

  it.each([
    ['a lullaby for my baby', 'classical', 'calm'],
    ['something like a military funeral', 'orchestral', 'sad'],
    ['elevator music', 'jazz', 'calm'],
    ['an oompah band', 'folk', undefined],
    ['no circus, please', undefined, undefined],
  ])('means a place or an occasion: %s', (prompt, genre, mood) => {
    const { sceneGenre, moods } = readPrompt(prompt);
    expect([sceneGenre, moods[0]]).toEqual([genre, mood]);
  });

  it.each([
    ['a calm piano waltz', 'classical'],
    ['a calm evening with a kalimba', 'folk lofi ambient'],
    ['energetic electric guitar', 'rock pop'],
    ['sad violin', 'classical orchestral'],
  ])('gets a genre that suits its instruments, metre and mood: %s', (prompt, genres) => {
    for (let seed = 1; seed <= 20; seed++)
      expect(genres.split(' ')).toContain(interpretationOf(prompt, { seed }).genre.value);
  });

  it('has as good as no drums in a quiet folk song, and drums in calm lo-fi', () => {
    const drummed = (prompt: string) =>
      Array.from({ length: 40 }, (_, seed) => interpretationOf(prompt, { seed, duration: 30 })).filter(
        ({ instruments }) => instruments.value.includes('drums'),
      ).length;
    expect(drummed('a quiet folk song')).toBeLessThan(6);
    expect(drummed('calm lofi')).toBeGreaterThan(34);
  });

  it.each([
    ['calm jazz', 100, 135],
    ['energetic jazz', 145, 190],
    ['calm house', 116, 123],
  ])('goes some of the way to the slowest or fastest of its genre: %s', (prompt, low, high) => {
    for (let seed = 1; seed <= 20; seed++) {
      const { tempo } = interpretationOf(prompt, { seed, duration: 30 });
      expect(tempo.value).toBeGreaterThanOrEqual(low);
      expect(tempo.value).toBeLessThanOrEqual(high);
    }
  });

  it.each([
    ['rock at 140 bpm', 140],
    ['tempo: 95, calm', 95],
    ['128BPM techno', 128],
    ['symphonic metal in D minor at 150', 150],
    ['drum and bass at 174, dark', 174],
    ['a party at 90 degrees', undefined],
    ['in 1984 style', undefined],
  ])('names a tempo: %s', (prompt, bpm) => {
    expect(readPrompt(prompt).bpm).toBe(bpm);
  });

  it.each([
    ['a song in A minor', 'A', 'minor'],
    ['F# major anthem', 'F#', 'major'],
    ['in C sharp minor', 'C#', 'minor'],
    ['something in E-flat', 'Eb', undefined],
    ['sonata in Bb', 'Bb', undefined],
    ['key of G', 'G', undefined],
    ['in a car', undefined, undefined],
    ['a dog and a cat', undefined, undefined],
    ['in Am', 'A', 'minor'],
  ])('names a key: %s', (prompt, tonic, mode) => {
    const { key } = readPrompt(prompt);
    expect([key.tonic, key.mode]).toEqual([tonic, mode]);
  });

  it.each([
    ['a waltz', '3/4'],
    ['folk in 6/8', '6/8'],
    ['rock in three', '3/4'],
    ['a march', undefined],
  ])('names a metre: %s', (prompt, metre) => {
    expect(readPrompt(prompt).timeSignature).toBe(metre);
  });

  it.each([
    ['no drums, soft piano', ['piano'], 'drums'],
    ['without drums, bass or strings', [], 'strings'],
    ['minus the bass', [], 'electric_bass'],
    ['drumless beats with flute', ['flute'], 'percussion'],
    ['piano but no guitars', ['piano'], 'distorted_guitar'],
  ])('leaves out what it does not want: %s', (prompt, wanted, excluded) => {
    const reading = readPrompt(prompt);
    expect(reading.instruments.filter((id) => id !== 'drums')).toEqual(wanted);
    expect(reading.excluded).toContain(excluded);
  });

  it.each([
    ['jazz with a flute solo', false],
    ['house with solo violin', false],
    ['rock, then a guitar solo', false],
    ['blues, saxophone solo', false],
    ['a flute solo in G major', true],
    ['write a cello solo', true],
    ['calm evening, solo piano', true],
    ['only strings', true],
    ['unaccompanied violin', true],
  ])('tells a soloist in a band from one alone: %s', (prompt, isAlone) => {
    expect(readPrompt(prompt).isLineUp).toBe(isAlone);
  });

  it('is slower for "slow", and not fast for "not too fast"', () => {
    const tempo = (prompt: string) => interpretationOf(prompt, { duration: 40 }).tempo.value;
    expect(tempo('very slow pop')).toBeLessThan(tempo('pop'));
    expect(tempo('fast pop')).toBeGreaterThan(tempo('slow pop') * 1.15);
    expect(tempo('pop, not too fast')).toBeLessThanOrEqual(tempo('fast pop'));
  });

  it('tells what it does not understand, and no small words', () => {
    expect(readPrompt('a happy pop song with lyrics and vocals about my dog').ignored).toEqual([
      'lyrics',
      'vocals',
      'dog',
    ]);
  });

  it.each([
    ['calm 音楽 piano', ['音楽']],
    ['موسيقى هادئة', ['موسيقى', 'هادئة']],
    ['спокойная музыка', ['спокойная', 'музыка']],
    ['techno 🎸🔥 rave', ['🎸🔥']],
    ['👩🏽‍🎤 pop 🇧🇷', ['👩🏽‍🎤', '🇧🇷']],
  ])('tells what is in a language or in pictures that it does not read: %s', (prompt, ignored) => {
    expect(readPrompt(prompt).ignored).toEqual(ignored);
  });

  it('says a thing twice without meaning two', () => {
    expect(readPrompt('Texas blues shuffle').moods).toEqual([]);
    expect(readPrompt('jazz waltz in 3/4')).toMatchObject({ timeSignature: '3/4', ignored: [] });
  });

  it('loses to the parameters', () => {
    const said = interpretationOf('fast techno in C minor at 140 bpm with violin, 6/8', {
      tempo: 90,
      key: 'D major',
      genre: 'folk',
      timeSignature: '3/4',
      instruments: ['flute'],
      exclude: ['violin'],
    });
    expect(said.tempo).toEqual({ value: 90, from: 'parameter' });
    expect(said.key).toEqual({ value: 'D major', from: 'parameter' });
    expect(said.genre).toEqual({ value: 'folk', from: 'parameter' });
    expect(said.timeSignature).toEqual({ value: '3/4', from: 'parameter' });
    expect(said.instruments.value).toContain('flute');
    expect(said.instruments.value).not.toContain('violin');
  });

  it('is composed whatever it holds', () => {
    const hostile = [
      '   ',
      '🎵🎶💀',
      'שלום עולם',
      'موسيقى هادئة',
      '音楽',
      'a'.repeat(2000),
      'no '.repeat(600),
      '\u0000\u202e\ud800',
      '////',
      '120 bpm '.repeat(200),
      '__proto__ constructor toString',
    ];
    for (const prompt of hostile) expect(() => interpretationOf(prompt)).not.toThrow();
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (prompt) => {
        expect(interpretationOf(prompt).genre.value).toBeTruthy();
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it('may use more than 200 words of each of its three great concerns', () => {
    for (const words of [GENRES_BY_WORD, INSTRUMENTS_BY_WORD, MOODS_BY_WORD]) expect(words.size).toBeGreaterThan(200);
    expect(TEMPOS_BY_WORD.size).toBeGreaterThan(40);
  });
});

describe('a key parameter', () => {
  it.each([
    ['A minor', 'A', 'minor'],
    ['f# MAJOR', 'F#', 'major'],
    ['Bbm', 'Bb', 'minor'],
    ['C sharp minor', 'C#', 'minor'],
    ['E♭', 'Eb', 'major'],
    ['Db minor', 'C#', 'minor'],
  ])('may be written %s', (text, tonic, mode) => {
    expect(parseKey(text)).toMatchObject({ tonic, mode });
  });

  it.each(['H minor', 'loud', '', 'A minor 7', 'C##'])('is refused when it is none: "%s"', (text) => {
    expect(parseKey(text)).toBeUndefined();
  });
});
