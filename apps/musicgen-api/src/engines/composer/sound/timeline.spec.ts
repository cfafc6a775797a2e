import type { Note } from '../score';
import { bandScore, makeScore } from './fixture-scores';
import { GRID, placeAt, secondsAt, timelineOf } from './timeline';
import { SAMPLE_RATE } from '../../../audio/stereo';

const noteScore = (...notes: Note[]) =>
  makeScore([
    { name: 'flute', role: 'lead', program: 73, notes, controls: [], mix: { gainDb: 0, pan: 0, reverb: 0, chorus: 0 } },
  ]);

describe('secondsAt', () => {
  it('follows the tempo map', () => {
    const map = [
      { beat: 0, bpm: 60 },
      { beat: 4, bpm: 120 },
    ];
    expect([0, 2, 4, 6].map((beat) => secondsAt(map, beat))).toEqual([0, 2, 4, 5]);
  });
});

describe('timelineOf', () => {
  it('puts every event on the grid, within half a step of its time', () => {
    const { events } = timelineOf(noteScore({ beat: 1.23, beats: 0.5, pitch: 60, velocity: 90 }));
    expect(events.map(({ action }) => action)).toEqual(['on', 'off']);
    expect(events[0]!.frame % GRID).toBe(0);
    expect(Math.abs(events[0]!.frame - 0.615 * SAMPLE_RATE)).toBeLessThanOrEqual(GRID / 2);
  });

  it('releases a key before it is struck again', () => {
    const { events } = timelineOf(
      noteScore({ beat: 0, beats: 3, pitch: 60, velocity: 90 }, { beat: 1, beats: 1, pitch: 60, velocity: 80 }),
    );
    expect(events.map(({ action }) => action)).toEqual(['on', 'off', 'on', 'off']);
    expect(events[1]!.frame).toBeLessThanOrEqual(events[2]!.frame);
  });

  it('leaves volume, pan and sends to the mixer', () => {
    const score = bandScore();
    score.parts[0]!.controls = [7, 10, 11, 91, 93].map((controller) => ({ beat: 0, controller, value: 64 }));
    expect(timelineOf(score).events.filter(({ action }) => action === 'control')).toMatchObject([{ first: 11 }]);
  });

  it('knows the length to the frame', () => {
    expect(timelineOf(bandScore(7.7)).frames).toBe(Math.round(7.7 * SAMPLE_RATE));
  });
});

describe('placeAt', () => {
  it('names section and bar', () => {
    const score = bandScore(16, {
      sections: [
        { name: 'verse', startBeat: 0, bars: 4, energy: 0.5 },
        { name: 'chorus', startBeat: 16, bars: 4, energy: 0.9 },
      ],
    });
    expect(placeAt(score, 0)).toEqual({ section: 'verse', bar: 1, bars: 8 });
    expect(placeAt(score, 10)).toEqual({ section: 'chorus', bar: 6, bars: 8 });
    expect(placeAt(score, 99)).toEqual({ section: 'chorus', bar: 8, bars: 8 });
  });
});
