import { Note, Scale } from 'tonal';
import type { ModeName } from '../genres/genre';

/** A key as notes are named in it. */
export interface Key {
  tonic: string;
  mode: ModeName;
}

/** 0 to 11. */
export function pitchClass(semitones: number): number {
  return ((Math.round(semitones) % 12) + 12) % 12;
}

/** Pitch class of a note name. */
export function chroma(name: string): number {
  return Note.chroma(name) ?? 0;
}

/** The usual spelling of a key's tonic: nobody writes G# major or Db minor. */
export function usualTonic(tonic: string, mode: ModeName): string {
  const names = mode === 'major' ? 'C Db D Eb E F F# G Ab A Bb B' : 'C C# D Eb E F F# G G# A Bb B';
  return names.split(' ')[chroma(tonic)]!;
}

/** A key moved by semitones. */
export function movedKey({ tonic, mode }: Key, semitones: number): Key {
  const moved = Note.pitchClass(Note.fromMidi(60 + pitchClass(chroma(tonic) + semitones)));
  return { tonic: semitones === 0 ? tonic : usualTonic(moved, mode), mode };
}

const STEPS = new Map<string, readonly number[]>();

/** Semitones of a scale above its tonic, by tonal's name. */
export function scaleSteps(name: string): readonly number[] {
  let steps = STEPS.get(name);
  if (!steps) {
    steps = Scale.get(`C ${name}`).notes.map((note) => chroma(note));
    STEPS.set(name, steps);
  }
  return steps;
}

/** The pitch of a pitch class that is nearest to `near`. */
export function nearestPitch(wanted: number, near: number): number {
  const distance = pitchClass(wanted - near);
  return near + (distance > 6 ? distance - 12 : distance);
}

/** Moves a pitch by octaves into a range of at least an octave; the nearest end otherwise. */
export function intoRange(pitch: number, [low, high]: readonly [number, number]): number {
  let moved = pitch;
  while (moved < low) moved += 12;
  while (moved > high) moved -= 12;
  return moved < low ? moved + 12 : moved;
}
