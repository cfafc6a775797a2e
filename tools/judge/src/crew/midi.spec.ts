import { writeMidi } from 'midi-file';
import { barBeatsOf, midiPieceOf } from './midi';

describe('a MIDI file', () => {
  it('is read with its notes, programs, tempo, metre and sections', () => {
    const bytes = writeMidi({
      header: { format: 1, numTracks: 2, ticksPerBeat: 480 },
      tracks: [
        [
          { deltaTime: 0, type: 'setTempo', meta: true, microsecondsPerBeat: 500_000 },
          {
            deltaTime: 0,
            type: 'timeSignature',
            meta: true,
            numerator: 6,
            denominator: 8,
            metronome: 24,
            thirtyseconds: 8,
          },
          { deltaTime: 960, type: 'marker', meta: true, text: 'chorus' },
          { deltaTime: 0, type: 'endOfTrack', meta: true },
        ],
        [
          { deltaTime: 0, type: 'programChange', channel: 2, programNumber: 33 },
          { deltaTime: 480, type: 'noteOn', channel: 2, noteNumber: 40, velocity: 90 },
          { deltaTime: 240, type: 'noteOff', channel: 2, noteNumber: 40, velocity: 0 },
          { deltaTime: 0, type: 'endOfTrack', meta: true },
        ],
      ],
    });
    const piece = midiPieceOf(Uint8Array.from(bytes));
    expect(piece.notes).toEqual([{ beat: 1, beats: 0.5, pitch: 40, velocity: 90, channel: 2, program: 33 }]);
    expect({ bpm: piece.bpm, barBeats: barBeatsOf(piece), markers: piece.markers }).toEqual({
      bpm: 120,
      barBeats: 3,
      markers: [{ beat: 2, name: 'chorus' }],
    });
  });
});
