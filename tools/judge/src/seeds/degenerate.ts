import type { JudgedScore } from '../crew/engine';
import { rangeOfProgram } from './instrument-ranges';

type Note = JudgedScore['parts'][number]['notes'][number];

/** Something no musician would have played, where it is. */
export interface Flaw {
  kind: 'range' | 'empty bar' | 'missing player' | 'stuck note' | 'same key twice' | 'clash' | 'length';
  beat: number;
  what: string;
}

const DRUMS = 9;
/** Whoever holds one note longer has forgotten it; drones are pads. */
const STUCK_BARS = 8;
const CLASH_BEATS = 1;

function barBeatsOf({ timeSignature: { numerator, denominator } }: JudgedScore): number {
  return (numerator * 4) / denominator;
}

function outOfRange(score: JudgedScore): Flaw[] {
  return score.parts
    .filter(({ channel, role }) => channel !== DRUMS && role !== 'effects')
    .flatMap(({ name, program, notes }) => {
      const [low, high] = rangeOfProgram(program);
      const outside = notes.filter(({ pitch }) => pitch < low || pitch > high);
      return outside.map(({ beat, pitch }) => ({ kind: 'range' as const, beat, what: `${name} plays ${pitch}` }));
    });
}

function soundsIn(notes: readonly Note[], from: number, to: number): boolean {
  return notes.some(({ beat, beats }) => beat < to - 0.05 && beat + beats > from + 0.05);
}

/** Bars in which nobody sounds; and a bar in which the drums or the bass of a section are gone, save its last. */
function emptyBars(score: JudgedScore): Flaw[] {
  const barBeats = barBeatsOf(score);
  const all = score.parts.flatMap(({ notes }) => notes);
  const flaws: Flaw[] = [];
  for (const { startBeat, bars, name } of score.sections) {
    const startsOf = Array.from({ length: bars }, (_, i) => startBeat + i * barBeats);
    for (const beat of startsOf) {
      if (!soundsIn(all, beat, beat + barBeats)) flaws.push({ kind: 'empty bar', beat, what: name });
    }
    for (const { name: player, notes } of score.parts.filter(({ role }) => role === 'drums' || role === 'bass')) {
      const played = startsOf.map((beat) => soundsIn(notes, beat, beat + barBeats));
      const isInside = (i: number) => played.slice(0, i).includes(true) && played.slice(i + 1).includes(true);
      played.forEach((isPlayed, i) => {
        if (isPlayed || !isInside(i)) return;
        flaws.push({ kind: 'missing player', beat: startsOf[i]!, what: `${player} in ${name}` });
      });
    }
  }
  return flaws;
}

function stuckNotes(score: JudgedScore): Flaw[] {
  const barBeats = barBeatsOf(score);
  return score.parts.flatMap(({ name, role, notes }) => {
    const flaws: Flaw[] = [];
    const until = new Map<number, number>();
    for (const { beat, beats, pitch } of notes.toSorted((a, b) => a.beat - b.beat)) {
      if (beats > STUCK_BARS * barBeats && role !== 'pad' && role !== 'effects') {
        flaws.push({ kind: 'stuck note', beat, what: `${name} holds ${pitch} for ${beats.toFixed(1)} beats` });
      }
      if ((until.get(pitch) ?? -1) > beat + 1e-6)
        flaws.push({ kind: 'same key twice', beat, what: `${name} ${pitch}` });
      until.set(pitch, beat + beats);
    }
    return flaws;
  });
}

/** Melody notes a semitone beside what others hold for a beat or longer, that do not belong to the chord themselves. */
function clashes(score: JudgedScore): Flaw[] {
  const melody = score.parts.filter(({ role }) => role === 'lead').flatMap(({ notes }) => notes);
  const held = score.parts
    .filter(({ role }) => role === 'chords' || role === 'pad')
    .flatMap(({ notes }) => notes)
    .filter(({ beats }) => beats >= CLASH_BEATS);
  return melody.flatMap((note) => {
    if (note.beats < CLASH_BEATS) return [];
    const against = held.filter(({ beat, beats, pitch }) => {
      const overlap = Math.min(beat + beats, note.beat + note.beats) - Math.max(beat, note.beat);
      const distance = (((note.pitch - pitch) % 12) + 12) % 12;
      return overlap >= CLASH_BEATS && (distance === 1 || distance === 11) && !belongs(score, note, beat);
    });
    if (against.length === 0) return [];
    const others = [...new Set(against.map(({ pitch }) => pitch))].join(', ');
    return [{ kind: 'clash' as const, beat: note.beat, what: `melody ${note.pitch} against ${others}` }];
  });
}

/** Whether a note is a tone of the chord that sounds when the two of them do. */
function belongs(score: JudgedScore, note: Note, otherBeat: number): boolean {
  const at = Math.max(note.beat, otherBeat) + 0.2;
  const chord = score.chords.find(({ beat, beats }) => at >= beat && at < beat + beats);
  return chord?.tones.includes(note.pitch % 12) ?? false;
}

/** Seconds at a beat. */
export function secondsAt({ tempoMap }: JudgedScore, beat: number): number {
  return tempoMap.reduce((seconds, { beat: from, bpm }, i) => {
    const until = Math.min(beat, tempoMap[i + 1]?.beat ?? Infinity);
    return seconds + (Math.max(0, until - from) * 60) / bpm;
  }, 0);
}

function wrongLength(score: JudgedScore, seconds: number): Flaw[] {
  const last = Math.max(0, ...score.parts.flatMap(({ notes }) => notes.map(({ beat, beats }) => beat + beats)));
  const end = secondsAt(score, last);
  const isShort = end < seconds - Math.max(3, seconds * 0.1);
  if (score.durationSeconds === seconds && end <= seconds + 0.001 && !isShort) return [];
  return [{ kind: 'length', beat: last, what: `last sound ends at ${end.toFixed(2)} s of ${seconds}` }];
}

/** Everything in a score that is plainly wrong. */
export function flawsOf(score: JudgedScore, seconds: number): Flaw[] {
  return [
    ...outOfRange(score),
    ...emptyBars(score),
    ...stuckNotes(score),
    ...clashes(score),
    ...wrongLength(score, seconds),
  ];
}
