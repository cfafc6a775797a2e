import { writeMidi } from 'midi-file';
import type { MidiEvent } from 'midi-file';
import type { Part, Score } from './score';

const TICKS_PER_BEAT = 960;

type Placed = { tick: number; order: number; event: Record<string, unknown> & { type: string } };

/** The writer puts down one byte a character: UTF-8 has to be bytes before. */
function inBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function tickAt(beat: number): number {
  return Math.max(0, Math.round(beat * TICKS_PER_BEAT));
}

/** Circle of fifths: sharps are positive. */
const FIFTHS: Record<string, number> = {
  C: 0,
  G: 1,
  D: 2,
  A: 3,
  E: 4,
  B: 5,
  'F#': 6,
  'C#': 7,
  'G#': 8,
  'D#': 9,
  'A#': 10,
  F: -1,
  Bb: -2,
  Eb: -3,
  Ab: -4,
  Db: -5,
  Gb: -6,
  Cb: -7,
};

function keySignature({ tonic, mode }: Score['key']): { key: number; scale: number } {
  const fifths = (FIFTHS[tonic] ?? 0) - (mode === 'minor' ? 3 : 0);
  const key = fifths > 7 ? fifths - 12 : fifths < -7 ? fifths + 12 : fifths;
  return { key, scale: mode === 'minor' ? 1 : 0 };
}

/** Events in order, each with the time since the one before. */
function track(placed: Placed[], endTick: number): MidiEvent[] {
  placed.sort((a, b) => a.tick - b.tick || a.order - b.order);
  let last = 0;
  const events = placed.map(({ tick, event }) => {
    const deltaTime = tick - last;
    last = tick;
    return { deltaTime, ...event } as unknown as MidiEvent;
  });
  return [...events, { deltaTime: Math.max(0, endTick - last), type: 'endOfTrack', meta: true }];
}

function conductor(score: Score, endTick: number): MidiEvent[] {
  const { numerator, denominator } = score.timeSignature;
  const placed: Placed[] = [
    { tick: 0, order: 0, event: { type: 'trackName', meta: true, text: inBytes(score.title) } },
    {
      tick: 0,
      order: 1,
      event: { type: 'timeSignature', meta: true, numerator, denominator, metronome: 24, thirtyseconds: 8 },
    },
    { tick: 0, order: 2, event: { type: 'keySignature', meta: true, ...keySignature(score.key) } },
    ...score.tempoMap.map(({ beat, bpm }) => ({
      tick: tickAt(beat),
      order: 3,
      event: { type: 'setTempo', meta: true, microsecondsPerBeat: Math.round(60_000_000 / bpm) },
    })),
    ...score.sections.map(({ name, startBeat }) => ({
      tick: tickAt(startBeat),
      order: 4,
      event: { type: 'marker', meta: true, text: inBytes(name) },
    })),
  ];
  return track(placed, endTick);
}

/** Mixer settings as General MIDI knows them, so that the file sounds like the piece elsewhere. */
function mixEvents({ channel, mix }: Part): Placed[] {
  const volume = Math.round(Math.min(127, Math.max(20, 100 * 10 ** (mix.gainDb / 40))));
  const pan = Math.round(64 + 63 * Math.max(-1, Math.min(1, mix.pan)));
  const settings: [number, number][] = [
    [7, volume],
    [10, pan],
    [91, Math.round(mix.reverb * 127)],
    [93, Math.round(mix.chorus * 127)],
  ];
  return settings.map(([controllerType, value]) => ({
    tick: 0,
    order: 2,
    event: { type: 'controller', channel, controllerType, value },
  }));
}

function partTrack(part: Part, endTick: number): MidiEvent[] {
  const { channel, name, program, controls, notes } = part;
  const placed: Placed[] = [
    { tick: 0, order: 0, event: { type: 'trackName', meta: true, text: inBytes(name) } },
    { tick: 0, order: 1, event: { type: 'programChange', channel, programNumber: program } },
    ...mixEvents(part),
  ];
  for (const { beat, controller, value } of controls) {
    const event =
      controller === 'bend'
        ? { type: 'pitchBend', channel, value }
        : { type: 'controller', channel, controllerType: controller, value };
    placed.push({ tick: Math.min(endTick, tickAt(beat)), order: 4, event });
  }
  for (const { beat, beats, pitch, velocity } of notes) {
    const on = tickAt(beat);
    const off = Math.min(endTick, Math.max(on + 1, tickAt(beat + beats)));
    placed.push({ tick: on, order: 5, event: { type: 'noteOn', channel, noteNumber: pitch, velocity } });
    placed.push({ tick: off, order: 3, event: { type: 'noteOff', channel, noteNumber: pitch, velocity: 0 } });
  }
  return track(placed, endTick);
}

/** A score as a Standard MIDI File of format 1: a conductor's track, then one track a part. */
export function scoreToMidi(score: Score): Uint8Array {
  const endTick = Math.max(tickAt(endBeat(score)), 1);
  const tracks = [conductor(score, endTick), ...score.parts.map((part) => partTrack(part, endTick))];
  const header = { format: 1 as const, numTracks: tracks.length, ticksPerBeat: TICKS_PER_BEAT };
  return Uint8Array.from(writeMidi({ header, tracks }));
}

/** The beat at which the piece's time is over. */
function endBeat({ tempoMap, durationSeconds }: Score): number {
  let seconds = 0;
  for (const [i, { beat, bpm }] of tempoMap.entries()) {
    const next = tempoMap[i + 1];
    const length = next ? ((next.beat - beat) * 60) / bpm : Infinity;
    if (seconds + length >= durationSeconds) return beat + ((durationSeconds - seconds) * bpm) / 60;
    seconds += length;
  }
  return 0;
}
