import type { Bar, Plan } from '../form/plan';
import type { BassBook } from '../genres/genre';
import type { Chord } from '../harmony/chord';
import { pitchClass, scaleSteps, chroma } from '../harmony/pitch';
import type { Span } from '../harmony/progression';
import type { Random, Streams } from '../random';
import { STEP, levelOf, patternsFor, readPattern, roundOf } from './sketch';
import type { Level, Player, Sheet, SketchNote } from './sketch';
import { walkBar } from './walking-bass';

/** The root of a chord where a bass of this register plays it: near the note before, never far up. */
export function bassRoot(chord: Chord, [low, high]: readonly [number, number]): number {
  const pitch = low + pitchClass(chord.bass - low);
  return pitch > high ? pitch - 12 : pitch;
}

/** A semitone or a scale step away from the next root, from the side where the line is. */
function approach(target: number, from: number, sign: string, span: Span): number {
  const side = from <= target ? -1 : 1;
  if (sign === 'A') return target + side;
  const scale = scaleSteps(span.key.mode === 'major' ? 'major' : 'aeolian').map((step) =>
    pitchClass(step + chroma(span.key.tonic)),
  );
  return scale.includes(pitchClass(target + side * 2)) ? target + side * 2 : target + side;
}

/** Semitones above the root by sign, the first that the chord has; the last in any case. */
const STEPS: Record<string, readonly number[]> = {
  R: [0],
  r: [0],
  g: [0],
  '8': [12],
  '5': [7, 6, 8, 7],
  D: [-5, -6, -5],
  '3': [4, 3, 5, 7],
  '6': [9, 7],
  '7': [11, 10, 12],
};

function toneOf(sign: string, root: number, chord: Chord): number | undefined {
  const steps = STEPS[sign];
  return steps && root + (steps.find((step) => chord.tones.includes(pitchClass(chord.root + step))) ?? steps.at(-1)!);
}

const LOUDNESS: Record<string, number> = {
  R: 100,
  r: 84,
  g: 52,
  '8': 94,
  '5': 92,
  D: 90,
  '3': 90,
  '6': 88,
  '7': 88,
  A: 86,
  S: 86,
};

/** From so many strokes a bar on a line is busy enough to be played in several ways. */
const BUSY_STROKES = 6;

/** A line as this player has it: a stroke less here, an octave there, never on the beat. */
function personal(pattern: string, random: Random): string {
  const draws = [...pattern].map(() => random.next());
  const strokes = [...pattern].filter((sign) => /[Rr58]/.test(sign)).length;
  if ((strokes * 16) / pattern.length < BUSY_STROKES) return pattern;
  const signs = [...pattern].map((sign, step) => {
    if (step % 4 === 0 || !/[Rr]/.test(sign)) return sign;
    return draws[step]! < 0.12 ? '.' : draws[step]! > 0.9 ? '8' : sign;
  });
  return signs.join('');
}

/** Patterns are picked per kind of section and kept. */
class Patterns {
  private readonly chosen = new Map<string, string>();
  /** Plays something else in every fourth bar. */
  private readonly turns: boolean;

  constructor(
    private readonly book: BassBook,
    private readonly plan: Plan,
    private readonly streamOf: Streams,
  ) {
    this.turns = streamOf('turns').chance(0.5);
  }

  of(bar: Bar, level: Level): string {
    const name = `${bar.section.kind} ${level} ${roundOf(bar)} ${this.turns && bar.index % 4 === 3}`;
    const phrase = `${name} ${Math.floor(bar.index / 4)}`;
    let pattern = this.chosen.get(phrase);
    if (!pattern) {
      const patterns = patternsFor(this.book, level, this.plan);
      pattern = personal(this.streamOf(name).pickEarly(patterns), this.streamOf(`hand ${phrase}`));
      this.chosen.set(phrase, pattern);
    }
    return pattern;
  }
}

/** The bass line, as the genre's bassists play it. */
export function writeBass(player: Player, sheet: Sheet): SketchNote[] {
  if (player.slot.role !== 'bass') return [];
  const { plan, streams, harmony } = sheet;
  const { bass: book } = player.slot;
  const random = streams(`bass ${player.name}`);
  const patterns = new Patterns(book, plan, (name) => streams(`bass patterns ${player.name} ${name}`));
  const notes: SketchNote[] = [];
  plan.barList.forEach((bar, i) => {
    if (!player.plays[i]) return;
    const level = levelOf(bar.section.energy);
    const walks = book.walking === 'main' ? level !== 'calm' : book.walking === 'full' && level === 'full';
    if (walks) notes.push(...walkBar(bar, sheet, book, { before: notes.at(-1)?.pitch, random }));
    else notes.push(...patternBar(patterns.of(bar, level), bar, sheet, book));
  });
  if (!plan.loop && plan.barList.length > 0) {
    const root = bassRoot(harmony.at(plan.bodyBeats).chord, book.register);
    notes.push({ beat: plan.bodyBeats, beats: plan.totalBeats - plan.bodyBeats, pitch: root, velocity: 102 });
  }
  if (book.slides) addSlides(notes, random);
  return notes;
}

function patternBar(pattern: string, bar: Bar, sheet: Sheet, book: BassBook): SketchNote[] {
  const { harmony, plan } = sheet;
  const notes: SketchNote[] = [];
  let open: SketchNote | undefined;
  const close = (beat: number) => {
    if (open) open.beats = Math.max(0.12, (beat - open.beat) * book.gate);
    open = undefined;
  };
  const start = (beat: number, pitch: number, velocity: number) => {
    close(beat);
    open = { beat, beats: STEP, pitch, velocity };
    notes.push(open);
    if (velocity < 60) close(beat + STEP * 0.6);
  };
  readPattern(pattern, bar, plan, (sign, beat) => {
    const span = harmony.at(beat);
    const root = bassRoot(span.chord, book.register);
    const isChange = Math.abs(span.beat - beat) < 1e-6;
    if (sign === '-') return close(beat);
    if (sign === '.') {
      // A new chord has its root, whatever the pattern holds.
      if (isChange && (open || beat === bar.start)) start(beat, root, 92);
      return;
    }
    if (isChange && sign !== 'g') return start(beat, root, LOUDNESS[sign] ?? 92);
    const isApproach = sign === 'A' || sign === 'S';
    const next = harmony.after(beat);
    const target = bassRoot(next.chord, book.register);
    // Approaching makes sense only on the doorstep.
    const leads = isApproach && next.beat - beat <= 1.01 && next.beat > beat;
    const pitch = leads
      ? approach(target, root, sign, span)
      : isApproach
        ? toneOf('5', root, span.chord)
        : toneOf(sign, root, span.chord);
    if (pitch !== undefined) start(beat, pitch, LOUDNESS[sign] ?? 90);
  });
  close(bar.start + bar.beats);
  return notes;
}

/** Now and then a long note is slid into. */
function addSlides(notes: SketchNote[], random: Random): void {
  for (let i = 1; i < notes.length; i++) {
    const note = notes[i]!;
    const interval = note.pitch - notes[i - 1]!.pitch;
    if (note.beats >= 0.7 && interval !== 0 && Math.abs(interval) <= 7 && random.chance(0.2))
      note.slide = -Math.sign(interval) * 2;
  }
}
