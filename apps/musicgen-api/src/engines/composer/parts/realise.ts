import type { MelodyBook } from '../genres/genre';
import { chroma, nearestPitch, pitchClass, scaleSteps } from '../harmony/pitch';
import type { Harmony, Span } from '../harmony/progression';
import { isStrong } from '../form/metre';
import type { Metre } from '../form/metre';
import type { Motif } from './motif';
import type { SketchNote } from './sketch';

/** Longest that a melody may rub against a chord, in beats: with a chord that comes a swung sixteenth early, less than one. */
const RUB_BEATS_MAX = 0.75;

/** Everything that decides which pitches a motif becomes. */
export interface Ground {
  harmony: Harmony;
  metre: Metre;
  book: MelodyBook;
  range: readonly [number, number];
  /** Where degree 0 lies: a tonic in the instrument's best range. */
  anchor: number;
}

const SCALES: Record<MelodyBook['scale'], Record<'major' | 'minor', string>> = {
  mode: { major: 'major', minor: 'aeolian' },
  pentatonic: { major: 'major pentatonic', minor: 'minor pentatonic' },
  blues: { major: 'major blues', minor: 'minor blues' },
  dorian: { major: 'major', minor: 'dorian' },
  mixolydian: { major: 'mixolydian', minor: 'dorian' },
  harmonic: { major: 'major', minor: 'harmonic minor' },
};

/** Pitch classes of a scale as a chord bends it: where the chord leaves the key, the melody goes along. */
export function tonesOver({ chord, key }: Span, scale: MelodyBook['scale']): number[] {
  const own = scaleSteps(SCALES[scale][key.mode]).map((step) => pitchClass(step + chroma(key.tonic)));
  const foreign = chord.tones.filter((tone) => !own.includes(tone));
  const kept = own.filter((tone) => !foreign.some((other) => [1, 11].includes(pitchClass(other - tone))));
  return [...new Set([...kept, ...foreign])].sort((a, b) => a - b);
}

/** Rubs against no tone of the chord: no semitone, whichever octave. */
export function isSmooth(pitch: number, tones: readonly number[]): boolean {
  return tones.every((tone) => ![1, 11].includes(pitchClass(pitch - tone)));
}

/** The scale's pitch so many steps above the anchor. */
function degreePitch(degree: number, anchor: number, span: Span, scale: MelodyBook['scale']): number {
  const tonic = chroma(span.key.tonic);
  const steps = scaleSteps(SCALES[scale][span.key.mode]);
  const home = nearestPitch(tonic, anchor);
  const octave = Math.floor(degree / steps.length);
  return home + octave * 12 + steps[degree - octave * steps.length]!;
}

function bestOf(
  near: number,
  tones: readonly number[],
  cost: (pitch: number) => number,
  [low, high]: readonly [number, number],
): number {
  let best = { pitch: near, cost: Infinity };
  for (let pitch = near - 7; pitch <= near + 7; pitch++) {
    if (pitch < low || pitch > high || !tones.includes(pitchClass(pitch))) continue;
    const own = Math.abs(pitch - near) + cost(pitch);
    if (own < best.cost) best = { pitch, cost: own };
  }
  return best.cost === Infinity ? nearestPitch(tones[0] ?? 0, near) : best.pitch;
}

interface Wish {
  goal?: 'home' | 'open';
  /** A pitch to move on from. */
  before?: number;
}

/** What it costs to stay on a note that the motif moves on from. */
const STANDSTILL = 3;

/** A chord tone near the wanted pitch: rather one that rubs with nothing, rather the key's tonic or fifth. */
function chordTone(near: number, span: Span, range: readonly [number, number], wish: Wish = {}): number {
  const { goal, before } = wish;
  const tonic = chroma(span.key.tonic);
  return bestOf(
    near,
    span.chord.tones,
    (pitch) => {
      const fromTonic = pitchClass(pitch - tonic);
      const anchorage = fromTonic === 0 ? (goal === 'open' ? 3 : -1.2) : fromTonic === 7 ? -0.7 : 0;
      const homing = goal === 'home' && fromTonic === 0 ? -5 : 0;
      return (isSmooth(pitch, span.chord.tones) ? 0 : 5) + anchorage + homing + (pitch === before ? STANDSTILL : 0);
    },
    range,
  );
}

/** Into the range by octaves, so that a line that runs out of it folds back. */
function folded(pitch: number, [low, high]: readonly [number, number]): number {
  let moved = pitch;
  while (moved > high) moved -= 12;
  while (moved < low) moved += 12;
  return moved > high ? high : moved;
}

/** A motif as notes from a beat on: chord tones where it counts, steps of the scale between. */
export function realise(motif: Motif, start: number, bars: { start: number }, ground: Ground): SketchNote[] {
  const { harmony, metre, book, range, anchor } = ground;
  const notes: SketchNote[] = [];
  for (const [i, { at, beats, degree, goal }] of motif.entries()) {
    const beat = start + at;
    const span = harmony.at(beat);
    const wanted = folded(degreePitch(degree, anchor, span, book.scale), range);
    const counts = goal || beats >= 1 || isStrong((beat - bars.start) % metre.barBeats, metre);
    const before = notes.at(-1)?.pitch;
    const near =
      before !== undefined && Math.abs(wanted - before) > 9
        ? folded(before + Math.sign(wanted - before) * 5, range)
        : wanted;
    const moves = i > 0 && motif[i - 1]!.degree !== degree ? before : undefined;
    const pitch = counts
      ? chordTone(near, span, range, { goal, before: moves })
      : bestOf(near, tonesOver(span, book.scale), (each) => (each === moves ? STANDSTILL : 0), range);
    const velocity = 84 + (isStrong((beat - bars.start) % metre.barBeats, metre) ? 8 : 0) + (beats >= 1 ? 3 : 0);
    notes.push({ beat, beats: beats * (beats > 0.5 ? Math.max(book.gate, 0.9) : book.gate), pitch, velocity });
  }
  resolve(notes, ground);
  return notes;
}

/** A tone foreign to the chord moves on by step, or was no foreign tone. */
function resolve(notes: SketchNote[], { harmony, range }: Ground): void {
  notes.forEach((note, i) => {
    const span = harmony.at(note.beat);
    if (span.chord.tones.includes(pitchClass(note.pitch))) return;
    const next = notes[i + 1];
    const isStep = next && Math.abs(next.pitch - note.pitch) <= 2 && next.beat - note.beat <= 1.01;
    if (!isStep) note.pitch = chordTone(note.pitch, span, range);
  });
}

/** Moves or shortens what would rub against a sounding chord for longer than a passing moment. */
export function smoothed(notes: readonly SketchNote[], harmony: Harmony): SketchNote[] {
  return notes.map((note) => {
    const end = note.beat + note.beats;
    const spans = harmony.between(note.beat, end);
    const rubs = (pitch: number) =>
      spans.find(({ beat, beats, chord }) => {
        const sounding = Math.min(end, beat + beats) - Math.max(note.beat, beat);
        return sounding > RUB_BEATS_MAX && !isSmooth(pitch, chord.tones);
      });
    const clash = rubs(note.pitch);
    if (!clash) return note;
    const first = spans[0]!;
    const options = [1, -1, 2, -2, 3, -3, 4, -4]
      .map((step) => note.pitch + step)
      .filter((pitch) => first.chord.tones.includes(pitchClass(pitch)));
    const better = options.find((pitch) => !rubs(pitch));
    if (better !== undefined) return { ...note, pitch: better };
    const until = Math.max(note.beat, clash.beat) + RUB_BEATS_MAX;
    return { ...note, beats: Math.min(note.beats, until - note.beat) };
  });
}
