import { readFile } from 'node:fs/promises';
import { parseMidi } from 'midi-file';

/** A note of a MIDI file; beats are quarter notes. */
export interface MidiNote {
  beat: number;
  beats: number;
  pitch: number;
  velocity: number;
  channel: number;
  /** General MIDI program of its channel; for drums the kit. */
  program: number;
}

/** A MIDI file as far as it is looked at here. */
export interface MidiPiece {
  notes: MidiNote[];
  bpm: number;
  timeSignature: { numerator: number; denominator: number };
  markers: { beat: number; name: string }[];
}

export const DRUM_CHANNEL = 9;

/** Beats of a bar, in quarter notes. */
export function barBeatsOf({ timeSignature: { numerator, denominator } }: Pick<MidiPiece, 'timeSignature'>): number {
  return (numerator * 4) / denominator;
}

function notesOf(track: ReturnType<typeof parseMidi>['tracks'][number], ticksPerBeat: number): MidiNote[] {
  const notes: MidiNote[] = [];
  const sounding = new Map<string, MidiNote>();
  const programs = new Map<number, number>();
  let tick = 0;
  for (const event of track) {
    tick += event.deltaTime;
    const beat = tick / ticksPerBeat;
    if (event.type === 'programChange') programs.set(event.channel, event.programNumber);
    if (event.type !== 'noteOn' && event.type !== 'noteOff') continue;
    const { channel, noteNumber: pitch, velocity } = event;
    const id = `${channel} ${pitch}`;
    const before = sounding.get(id);
    if (before) before.beats = beat - before.beat;
    sounding.delete(id);
    if (event.type === 'noteOff' || velocity === 0) continue;
    const note = { beat, beats: 0, pitch, velocity, channel, program: programs.get(channel) ?? 0 };
    notes.push(note);
    sounding.set(id, note);
  }
  return notes;
}

/** Reads the notes of a Standard MIDI File. */
export function midiPieceOf(data: Uint8Array): MidiPiece {
  const { header, tracks } = parseMidi(data);
  const ticksPerBeat = header.ticksPerBeat ?? 480;
  const piece: MidiPiece = { notes: [], bpm: 120, timeSignature: { numerator: 4, denominator: 4 }, markers: [] };
  let hasTempo = false;
  for (const track of tracks) {
    let tick = 0;
    for (const event of track) {
      tick += event.deltaTime;
      if (event.type === 'setTempo' && !hasTempo) {
        piece.bpm = 60_000_000 / event.microsecondsPerBeat;
        hasTempo = true;
      }
      if (event.type === 'timeSignature') {
        piece.timeSignature = { numerator: event.numerator, denominator: event.denominator };
      }
      if (event.type === 'marker') piece.markers.push({ beat: tick / ticksPerBeat, name: event.text });
    }
    piece.notes.push(...notesOf(track, ticksPerBeat));
  }
  piece.notes.sort((a, b) => a.beat - b.beat);
  return piece;
}

/** Reads a MIDI file from disk. */
export async function readMidiPiece(path: string): Promise<MidiPiece> {
  return midiPieceOf(await readFile(path));
}
