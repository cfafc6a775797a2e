import { Midi } from '@tonejs/midi';
import * as fc from 'fast-check';
import { makeScore, secondsAt } from './fixture-requests';
import { GENRE_IDS } from './genres/registry';
import { scoreToMidi } from './midi';

const read = (bytes: Uint8Array) => new Midi(bytes);

describe('a MIDI file of a score', () => {
  it('is read by another program with the same notes, programs, names and times', () => {
    fc.assert(
      fc.property(fc.constantFrom(...GENRE_IDS), fc.nat(1e6), (genre, seed) => {
        const score = makeScore({ genre, seed, duration: 20 });
        const midi = read(scoreToMidi(score));
        const tracks = midi.tracks.filter((track) => track.notes.length > 0);
        expect(tracks.map((track) => track.name)).toEqual(score.parts.map((part) => part.name));
        for (const [i, track] of tracks.entries()) {
          const part = score.parts[i]!;
          expect(track.channel).toBe(part.channel);
          expect(track.instrument.number).toBe(part.program);
          expect(track.notes).toHaveLength(part.notes.length);
          const drift = track.notes.map((note, k) => Math.abs(note.time - secondsAt(score, part.notes[k]!.beat)));
          expect(Math.max(...drift)).toBeLessThan(0.002);
        }
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  it('tells tempo, metre, key and sections', () => {
    const score = makeScore({ tempo: 93, key: 'Eb minor', timeSignature: '6/8', genre: 'folk' });
    const { header } = read(scoreToMidi(score));
    expect(header.tempos[0]!.bpm).toBeCloseTo(93, 2);
    expect(header.timeSignatures[0]!.timeSignature).toEqual([6, 8]);
    // This reader names the major key with the same six flats.
    expect(header.keySignatures[0]).toMatchObject({ key: 'Gb', scale: 'minor' });
    expect(header.meta.filter((event) => event.type === 'marker').map((event) => event.text)).toEqual(
      score.sections.map((section) => section.name),
    );
  });

  it('lasts as long as the piece', () => {
    for (const duration of [3, 30, 61.7]) {
      const score = makeScore({ duration });
      expect(Math.abs(read(scoreToMidi(score)).duration - duration)).toBeLessThan(1.5);
      expect(read(scoreToMidi(score)).duration).toBeLessThanOrEqual(duration + 0.01);
    }
  });

  it('carries titles in any script', () => {
    const score = makeScore({ title: '夜曲 🎹 № 1' });
    expect(() => read(scoreToMidi(score))).not.toThrow();
  });
});
