import type { Note } from '../score';

/** Shortest note worth playing, in beats. */
const BEATS_MIN = 0.05;

/** A pitch in an instrument's range, by octaves. */
export function inRange(pitch: number, [low, high]: readonly [number, number]): number {
  let moved = Math.round(pitch);
  while (moved < low) moved += 12;
  while (moved > high) moved -= 12;
  return moved;
}

/** Sorted, inside the piece, and no key struck while it is down: what a keyboard could play. */
export function tidied(notes: readonly Note[], totalBeats: number): Note[] {
  const sorted = notes
    .filter((note) => note.beat < totalBeats - BEATS_MIN)
    .map((note) => ({ ...note, beats: Math.min(note.beats, totalBeats - note.beat) }))
    .sort((a, b) => a.beat - b.beat || a.pitch - b.pitch);
  const last = new Map<number, Note>();
  const kept: Note[] = [];
  for (const note of sorted) {
    const before = last.get(note.pitch);
    if (before && note.beat - before.beat < BEATS_MIN * 1.2) {
      before.beats = Math.max(before.beats, note.beat + note.beats - before.beat);
      before.velocity = Math.max(before.velocity, note.velocity);
      continue;
    }
    if (before) before.beats = Math.min(before.beats, note.beat - before.beat);
    note.beats = Math.max(BEATS_MIN, note.beats);
    if (note.beat + note.beats > totalBeats) note.beats = totalBeats - note.beat;
    last.set(note.pitch, note);
    kept.push(note);
  }
  return kept;
}
