import * as fc from 'fast-check';
import { compose } from './compose';
import { makeRequest, makeScore, secondsAt } from './fixture-requests';
import { foundationOf } from './foundation';
import { GENRES, GENRE_IDS } from './genres/registry';
import { chroma, pitchClass } from './harmony/pitch';
import { INSTRUMENTS } from './instruments';
import type { Control, Note, Part, Score } from './score';

const TIME_SIGNATURES = ['3/4', '4/4', '6/8'] as const;

const requests = fc.record({
  genre: fc.constantFrom(...GENRE_IDS),
  seed: fc.nat(0xffffffff),
  duration: fc.oneof(
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 20, max: 120 }),
    fc.integer({ min: 120, max: 300 }),
    fc.double({ min: 1, max: 90, noNaN: true }),
  ),
  timeSignature: fc.constantFrom(undefined, ...TIME_SIGNATURES),
  tempo: fc.option(fc.integer({ min: 40, max: 240 }), { nil: undefined, freq: 4 }),
  intensity: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
  loop: fc.boolean(),
});

/** Runs a guarantee over many pieces of all kinds. */
function always(holds: (score: Score) => void, numRuns = 120): void {
  fc.assert(
    fc.property(requests, (request) => holds(makeScore(request))),
    { numRuns, seed: 7 },
  );
}

function rangeOf(part: Part): readonly [number, number] {
  if (part.channel === 9) return INSTRUMENTS.get('drums')!.range;
  const id = [...INSTRUMENTS.keys()]
    .filter((each) => part.name.startsWith(each))
    .sort((a, b) => b.length - a.length)[0];
  return INSTRUMENTS.get(id!)!.range;
}

function melodicNotes(score: Score): { beat: number; pitch: number }[] {
  return score.parts.filter((part) => part.role === 'lead').flatMap((part) => part.notes);
}

describe('a composed piece', () => {
  it('keeps every note in its instrument’s range and inside the piece', () => {
    always((score) => {
      for (const part of score.parts) {
        const [low, high] = rangeOf(part);
        const end = score.chords.at(-1)!;
        expect(secondsAt(score, end.beat + end.beats)).toBeLessThanOrEqual(score.durationSeconds + 1e-6);
        const outside = part.notes.filter(
          ({ beat, beats, pitch }) =>
            pitch < low || pitch > high || beat < 0 || beat + beats > end.beat + end.beats + 1e-6,
        );
        expect({ part: part.name, outside }).toEqual({ part: part.name, outside: [] });
      }
    });
  });

  it('has no stuck, empty or silent notes, and no controller out of its values', () => {
    always((score) => {
      expect(score.parts.length).toBeGreaterThan(0);
      for (const part of score.parts) {
        expect(part.notes.length).toBeGreaterThan(0);
        const isSound = ({ beats, velocity, pitch }: Note) =>
          beats > 0.001 && Number.isInteger(pitch) && Number.isInteger(velocity) && velocity >= 1 && velocity <= 127;
        const isLegal = ({ controller, value, beat }: Control) =>
          Number.isInteger(value) &&
          beat >= 0 &&
          (controller === 'bend' ? Math.abs(value) <= 8192 : value >= 0 && value <= 127);
        expect(part.notes.filter((note) => !isSound(note))).toEqual([]);
        expect(part.controls.filter((control) => !isLegal(control))).toEqual([]);
      }
    });
  });

  it('holds no note for longer than eight bars, drones aside', () => {
    always((score) => {
      const bar = (4 * score.timeSignature.numerator) / score.timeSignature.denominator;
      const stuck = score.parts
        .filter(({ role }) => role !== 'pad' && role !== 'effects')
        .flatMap(({ name, notes }) => notes.filter(({ beats }) => beats > 8 * bar).map((note) => ({ name, note })));
      expect(stuck).toEqual([]);
    });
  });

  it('has no player of the rhythm section leave in the middle of a section', () => {
    always((score) => {
      const bar = (4 * score.timeSignature.numerator) / score.timeSignature.denominator;
      const gone = score.sections.flatMap(({ name, startBeat, bars }) =>
        score.parts
          .filter(({ role }) => role === 'drums' || role === 'bass')
          .filter(({ notes }) => {
            const isHeard = Array.from({ length: bars }, (_, i) => startBeat + i * bar).map((from) =>
              notes.some(({ beat, beats }) => beat < from + bar - 0.05 && beat + beats > from + 0.05),
            );
            const last = isHeard.lastIndexOf(true);
            return last >= 0 && isHeard.slice(isHeard.indexOf(true), last).includes(false);
          })
          .map((part) => `${part.name} in ${name}`),
      );
      expect(gone).toEqual([]);
    });
  });

  it('strikes no key of a channel that is still down', () => {
    always((score) => {
      const until = new Map<string, number>();
      const struck = score.parts.flatMap(({ channel, notes }) =>
        notes.map((note) => ({ ...note, key: `${channel} ${note.pitch}` })),
      );
      struck.sort((a, b) => a.beat - b.beat);
      const early = struck.filter(({ key, beat, beats }) => {
        const isDown = beat < (until.get(key) ?? 0) - 1e-6;
        until.set(key, beat + beats);
        return isDown;
      });
      expect(early).toEqual([]);
    });
  });

  it('has a channel for every part, and only drums and hand percussion on the tenth', () => {
    always((score) => {
      const melodic = score.parts.filter((part) => part.channel !== 9).map((part) => part.channel);
      expect(new Set(melodic).size).toBe(melodic.length);
      expect(new Set(score.parts.map((part) => part.name)).size).toBe(score.parts.length);
      for (const part of score.parts) expect(part.channel === 9).toBe(/^(drums|percussion)/.test(part.name));
    });
  });

  it('leaves no bar of its form empty', () => {
    always((score) => {
      const bar = (4 * score.timeSignature.numerator) / score.timeSignature.denominator;
      const last = score.sections.at(-1)!;
      const end = Math.min(last.startBeat + last.bars * bar, score.chords.at(-1)!.beat);
      const empty: number[] = [];
      for (let start = 0; start < end - 0.5; start += bar) {
        const isHeard = score.parts.some((part) =>
          part.notes.some((note) => note.beat < start + bar && note.beat + note.beats > start),
        );
        if (!isHeard) empty.push(start);
      }
      expect(empty).toEqual([]);
    });
  });

  it('begins and ends on the tonic, unless it is a loop', () => {
    always((score) => {
      if (score.loop) return;
      const tonic = chroma(score.key.tonic);
      expect(score.chords[0]!.tones[0]).toBe(tonic);
      expect(score.chords.at(-1)!.tones[0]).toBe(tonic);
    });
  });

  it('fills its duration exactly with chords', () => {
    always((score) => {
      const last = score.chords.at(-1)!;
      expect(secondsAt(score, last.beat + last.beats)).toBeCloseTo(score.durationSeconds, 3);
      for (const [i, chord] of score.chords.entries()) {
        const before = score.chords[i - 1];
        expect(chord.beat).toBeCloseTo(before ? before.beat + before.beats : 0, 6);
      }
    });
  });

  it('never rubs its melody against a chord for over a beat', () => {
    always((score) => {
      const tunes = score.parts
        .filter(({ role }) => role === 'lead' || role === 'counter')
        .flatMap((part) => part.notes);
      const rubs = tunes.flatMap((note) =>
        score.chords.filter((chord) => {
          const sounding = Math.min(note.beat + note.beats, chord.beat + chord.beats) - Math.max(note.beat, chord.beat);
          return sounding > 1 && chord.tones.some((tone) => [1, 11].includes(pitchClass(note.pitch - tone)));
        }),
      );
      expect(rubs).toEqual([]);
    });
  });

  it('is the same for the same request, whatever was composed in between', () => {
    fc.assert(
      fc.property(requests, requests, (request, other) => {
        const first = compose(makeRequest(request));
        compose(makeRequest(other));
        expect(compose(makeRequest(request))).toEqual(first);
      }),
      { numRuns: 30, seed: 11 },
    );
  });

  it('is another for each of 200 seeds', () => {
    const prints = Array.from({ length: 200 }, (_, seed) => {
      const score = makeScore({ prompt: 'upbeat pop with piano', seed });
      return new Set(
        melodicNotes(score).map(
          ({ beat, pitch }) => `${Math.round(beat * 4)} ${pitchClass(pitch - chroma(score.key.tonic))}`,
        ),
      );
    });
    for (let a = 0; a < prints.length; a++) {
      for (let b = a + 1; b < prints.length; b++) {
        const common = [...prints[a]!].filter((note) => prints[b]!.has(note)).length;
        const distance = 1 - common / Math.max(1, new Set([...prints[a]!, ...prints[b]!]).size);
        if (distance < 0.25) throw new Error(`Seeds ${a} and ${b} sound alike: ${distance}`);
      }
    }
  });
});

describe('what a request says', () => {
  it.each(GENRE_IDS)('holds for %s: tempo, key, metre, instruments, exclusions', (genre) => {
    for (const [i, timeSignature] of TIME_SIGNATURES.entries()) {
      const tempo = [77, 120, 163][i]!;
      const score = makeScore({
        genre,
        tempo,
        key: 'F# minor',
        timeSignature,
        instruments: ['cello', 'vibraphone'],
        exclude: ['drums', 'bass'],
        seed: i,
      });
      expect(score.genre).toBe(genre);
      expect(score.tempoMap).toEqual([{ beat: 0, bpm: tempo }]);
      expect(score.key).toEqual({ tonic: 'F#', mode: 'minor' });
      expect(`${score.timeSignature.numerator}/${score.timeSignature.denominator}`).toBe(timeSignature);
      expect(score.parts.map((part) => part.program)).toEqual(expect.arrayContaining([42, 11]));
      expect(score.parts.filter((part) => part.channel === 9 || part.role === 'bass').map((part) => part.name)).toEqual(
        [],
      );
    }
  });

  it.each(GENRE_IDS)('has no drums in %s when the prompt wants none', (genre) => {
    for (const wish of ['no drums', 'without any drums', 'drumless']) {
      const score = makeScore({ prompt: `${genre.replaceAll('_', ' ')} music, ${wish}` });
      expect(score.parts.filter((part) => part.channel === 9)).toEqual([]);
    }
  });

  it('keeps tempo, chords and form in a variation, and changes the tune', () => {
    for (const genre of GENRE_IDS) {
      const original = compose(makeRequest({ genre, seed: 5 })).score;
      const variation = compose(makeRequest({ genre, seed: 6 }), { variationOf: { seed: 5 } }).score;
      expect(variation.tempoMap).toEqual(original.tempoMap);
      expect(variation.chords).toEqual(original.chords);
      expect(variation.sections).toEqual(original.sections);
      expect(variation.parts.map((part) => part.name)).toEqual(original.parts.map((part) => part.name));
      expect(variation.parts).not.toEqual(original.parts);
    }
  });

  it('follows a structure', () => {
    const structure = [
      { name: 'Opening', bars: 4 },
      { name: 'Theme', bars: 8 },
      { name: 'Coda', bars: 4 },
    ];
    const { sections } = makeScore({ structure, duration: 34 });
    expect(sections.map(({ name, bars }) => ({ name, bars }))).toEqual(structure);
  });

  it('makes a calm piece of low intensity and a busy one of high', () => {
    for (const genre of GENRE_IDS) {
      const loudness = (intensity: number) => {
        const notes = makeScore({ genre, intensity, duration: 60 }).parts.flatMap((part) => part.notes);
        return notes.reduce((sum, note) => sum + note.velocity, 0);
      };
      expect(loudness(1)).toBeGreaterThan(loudness(0));
    }
  });
});

describe('length', () => {
  it.each([1, 2, 3, 5, 8, 15, 59.5, 180, 600])('ends musically after %s seconds in every genre', (duration) => {
    for (const genre of duration > 100 ? ['pop', 'jazz', 'ambient'] : GENRE_IDS) {
      const score = makeScore({ genre, duration });
      const final = score.chords.at(-1)!;
      const attacks = score.parts
        .flatMap((part) => part.notes)
        .filter((note) => Math.abs(note.beat - final.beat) < 0.2 || note.beat + note.beats > final.beat + 0.1);
      expect(attacks.length).toBeGreaterThan(1);
      expect(score.durationSeconds).toBe(duration);
    }
  });

  it.each(GENRE_IDS)('is filled by sections of a bar or more, whatever it is: %s', (genre) => {
    for (let duration = 20; duration <= 600; duration += 7) {
      const { plan } = foundationOf(makeRequest({ genre, duration, seed: duration }));
      const { sections, metre, bodyBeats } = plan;
      expect(Math.min(...sections.map(({ bars }) => bars))).toBeGreaterThan(0);
      const bars = sections.reduce((sum, section) => sum + section.bars, 0);
      expect(Math.abs(bars * metre.barBeats - bodyBeats)).toBeLessThan(metre.barBeats);
    }
  });

  it('fills a loop with whole bars and no ending', () => {
    for (const genre of GENRE_IDS) {
      const score = makeScore({ genre, loop: true, duration: 24 });
      const bar = (4 * score.timeSignature.numerator) / score.timeSignature.denominator;
      const bars = (24 * score.tempoMap[0]!.bpm) / 60 / bar;
      expect(bars).toBeCloseTo(Math.round(bars), 6);
      expect(score.tempoMap).toHaveLength(1);
      expect(score.loop).toBe(true);
    }
  });

  it('keeps a free tempo in the genre’s range', () => {
    for (const genre of GENRE_IDS) {
      const { min, max } = GENRES[genre]!.tempo;
      for (const duration of [20, 47, 93]) {
        const { bpm } = makeScore({ genre, duration }).tempoMap[0]!;
        expect(bpm).toBeGreaterThanOrEqual(min * 0.97);
        expect(bpm).toBeLessThanOrEqual(max * 1.03);
      }
    }
  });

  it('develops a piece of ten minutes instead of repeating it', () => {
    const score = makeScore({ genre: 'pop', duration: 600 });
    expect(score.sections.length).toBeGreaterThan(12);
    const lead = score.parts.find((part) => part.role === 'lead')!;
    const melodies = score.sections.map(({ startBeat, bars }) =>
      lead.notes
        .filter((note) => note.beat >= startBeat && note.beat < startBeat + bars * 4)
        .map((note) => `${Math.round((note.beat - startBeat) * 4)} ${note.pitch}`)
        .join(),
    );
    const sung = melodies.filter((melody) => melody !== '');
    expect(new Set(sung).size / sung.length).toBeGreaterThan(0.8);
  });
});
