import { featuresOf } from './features';
import type { MidiNote, MidiPiece } from '../crew/midi';

function makePiece(notes: Partial<MidiNote>[]): MidiPiece {
  const whole = notes.map((note) => ({ beat: 0, beats: 1, pitch: 60, velocity: 90, channel: 0, program: 0, ...note }));
  return { notes: whole, bpm: 120, timeSignature: { numerator: 4, denominator: 4 }, markers: [] };
}

function chord(at: number, pitches: number[]): Partial<MidiNote>[] {
  return pitches.map((pitch) => ({ beat: at, beats: 2, pitch }));
}

describe('the features of a piece', () => {
  it('count drums by their place in the bar', () => {
    const kicks = Array.from({ length: 16 }, (_, beat) => ({ beat, pitch: 36, channel: 9 }));
    const features = featuresOf(makePiece(kicks));
    expect([0, 4, 8, 12].map((position) => features[`drums.kick_${position}`])).toEqual([1, 1, 1, 1]);
    expect(features['drums.kick_2']).toBe(0);
  });

  it('measure swing', () => {
    const ride = (off: number) =>
      Array.from({ length: 32 }, (_, i) => ({ beat: (i >> 1) + (i % 2) * off, pitch: 51, channel: 9 }));
    expect(featuresOf(makePiece(ride(0.5)))['swing.eighths']).toBeCloseTo(0.5, 2);
    expect(featuresOf(makePiece(ride(2 / 3)))['swing.eighths']).toBeCloseTo(0.667, 2);
  });

  it('name chords by their quality, whatever the root', () => {
    const features = featuresOf(
      makePiece([
        ...chord(0, [60, 64, 67]),
        ...chord(2, [62, 65, 69]),
        ...chord(4, [55, 59, 62, 65]),
        ...chord(6, [58, 62, 65]),
      ]),
    );
    expect(features['harmony.major']).toBeCloseTo(0.5);
    expect(features['harmony.minor']).toBeCloseTo(0.25);
    expect(features['harmony.dominant']).toBeCloseTo(0.25);
  });

  it('share the time out among the families of instruments', () => {
    const features = featuresOf(
      makePiece([
        { program: 26, beats: 3 },
        { program: 33, beats: 1 },
      ]),
    );
    expect(features['instruments.guitar']).toBeCloseTo(0.75);
    expect(features['instruments.bass']).toBeCloseTo(0.25);
  });
});
