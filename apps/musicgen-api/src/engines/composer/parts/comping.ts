import type { Bar } from '../form/plan';
import type { CompBook } from '../genres/genre';
import { pitchClass } from '../harmony/pitch';
import type { Span } from '../harmony/progression';
import { voiced } from '../harmony/voicing';
import type { Random } from '../random';
import { STEP, levelOf, patternsFor, readPattern, roundOf } from './sketch';
import type { Player, Sheet, SketchNote } from './sketch';

const LOUDNESS: Record<string, number> = {
  X: 96,
  x: 84,
  o: 68,
  s: 82,
  S: 96,
  d: 82,
  D: 96,
  u: 72,
  m: 46,
  B: 86,
  F: 80,
};
const STRUM_MS: Record<string, number> = { D: 13, d: 11, u: -9 };

/** Somebody who accompanies: the genre's rhythm, on voicings that lead from one to the next. */
export function writeComping(player: Player, sheet: Sheet): SketchNote[] {
  if (player.slot.role !== 'chords') return [];
  const { plan } = sheet;
  const comper = new Comper(player, player.slot.comp, sheet);
  plan.barList.forEach((bar, i) => {
    if (player.plays[i]) comper.play(bar);
    else comper.rest(bar.start);
  });
  if (!plan.loop) comper.end();
  return comper.notes;
}

const OMITTED = 0.16;
const OTHER_VOICE = 0.32;

/** A pattern as this player has it: a stroke left to ring here, another voice of a broken chord there, never on the one, and never all of it. */
function personal(pattern: string, random: Random): string {
  const own = [...pattern]
    .map((sign, step) => {
      const draw = random.next();
      const voice = 1 + random.int(4);
      if (step === 0 || sign === '.' || sign === '-') return sign;
      if (/[1-9]/.test(sign)) return draw < OTHER_VOICE ? String(voice) : sign;
      return draw < OMITTED && step % 8 !== 0 ? '.' : sign;
    })
    .join('');
  return /[^.-]/.test(own) ? own : pattern;
}

class Comper {
  readonly notes: SketchNote[] = [];
  private readonly chosen = new Map<string, string>();
  /** Plays something else in every fourth bar. */
  private readonly turns: boolean;
  /** Semitones that this player sits above the usual place. */
  private readonly lift: number;
  /** Thick or thin hands. */
  private readonly voices: number;
  private before: number[] | undefined;
  private voicedSpan: Span | undefined;
  private sounding: SketchNote[] = [];

  constructor(
    private readonly player: Player,
    private readonly book: CompBook,
    private readonly sheet: Sheet,
  ) {
    const random = sheet.streams(`comping ${player.name}`);
    this.turns = random.chance(0.6);
    this.lift = random.int(5) - 2;
    const { voices } = book;
    this.voices = voices <= 3 ? voices : voices + random.pick([-1, -1, 0, 0, 1]);
  }

  play(bar: Bar): void {
    const { harmony, plan } = this.sheet;
    readPattern(this.patternOf(bar), bar, plan, (sign, beat) => {
      const early = this.book.anticipates && sign !== '.' && this.isDoorstep(beat);
      const span = early ? harmony.after(beat) : harmony.at(beat);
      const isChange = Math.abs(span.beat - beat) < 1e-6;
      if (sign === '-') return this.rest(beat);
      if (sign === '.') {
        if (isChange && this.voicedSpan !== span) this.change(span, beat);
        return;
      }
      this.sign(sign, span, beat);
    });
    if (this.player.coversBass) this.coverBass(bar);
  }

  /** Everything that sounds stops. */
  rest(beat: number): void {
    for (const note of this.sounding)
      note.beats = Math.max(0.1, Math.min(note.beats, (beat - note.beat) * this.book.gate));
    this.sounding = [];
  }

  end(): void {
    const { plan, harmony } = this.sheet;
    const span = harmony.at(plan.bodyBeats);
    this.rest(plan.bodyBeats);
    const beats = plan.totalBeats - plan.bodyBeats;
    const pitches = this.voicingOf(span);
    pitches.forEach((pitch, i) =>
      this.add({ beat: plan.bodyBeats, beats, pitch, velocity: 94, delayMs: this.strum('D', i, pitches.length) }),
    );
    if (this.player.coversBass) this.add({ beat: plan.bodyBeats, beats, pitch: this.low(span), velocity: 92 });
    this.sounding = [];
  }

  private isDoorstep(beat: number): boolean {
    const next = this.sheet.harmony.after(beat);
    return next.beat > beat && next.beat - beat <= 0.5 + 1e-6;
  }

  private patternOf(bar: Bar): string {
    const { section, index } = bar;
    const level = levelOf(section.energy);
    const name = `${section.kind} ${level} ${roundOf(bar)} ${this.turns && index % 4 === 3}`;
    // The same pattern for eight bars, by a hand that is not quite the same after four.
    const phrase = `${name} ${Math.floor(index / 4)}`;
    let pattern = this.chosen.get(phrase);
    if (!pattern) {
      const patterns = patternsFor(this.book, level, this.sheet.plan);
      const of = (what: string) => this.sheet.streams(`comping ${this.player.name} ${what}`);
      pattern = personal(of(name).pickEarly(patterns), of(`hand ${phrase}`));
      this.chosen.set(phrase, pattern);
    }
    return pattern;
  }

  private voicingOf(span: Span): number[] {
    if (this.voicedSpan !== span || !this.before) {
      const { voicing: style, register } = this.book;
      const isStrict = this.sheet.intent.genre.id === 'classical';
      const range = this.player.instrument.range;
      const fitting = [
        Math.max(register[0] + this.lift, range[0]),
        Math.min(register[1] + this.lift, range[1]),
      ] as const;
      this.before = voiced(span.chord, { style, voices: this.voices, register: fitting, isStrict }, this.before);
      this.voicedSpan = span;
    }
    return this.before;
  }

  /** A chord that changes under held notes: they are struck again, single voices from the bottom. */
  private change(span: Span, beat: number): void {
    if (this.sounding.length === 0) {
      this.voicingOf(span);
      return;
    }
    const isBroken = this.book.rings || this.sounding.length === 1;
    this.rest(beat);
    this.sign(isBroken ? '1' : 'x', span, beat);
  }

  private sign(sign: string, span: Span, beat: number): void {
    const isNewChord = this.voicedSpan !== span;
    const pitches = this.voicingOf(span);
    const isSingle = /[1-9BF]/.test(sign);
    if (!isSingle || isNewChord || !this.book.rings) this.rest(beat);
    const until = span.beat > beat ? span.beat + span.beats : Math.max(beat + STEP, span.beat + span.beats);
    const beats = /[sSm]/.test(sign) ? (sign === 'm' ? 0.1 : 0.22) : until - beat;
    const velocity = LOUDNESS[sign] ?? 74 + this.accent(beat);
    if (!isSingle) {
      const rank = sign === 'm' ? pitches.slice(0, 3) : sign === 'u' ? pitches.slice(-3) : pitches;
      rank.forEach((pitch, i) =>
        this.add({
          beat,
          beats,
          pitch,
          velocity: velocity - (rank.length - 1 - i) * 1.5,
          delayMs: this.strum(sign, i, rank.length),
        }),
      );
      return;
    }
    const low = this.low(span);
    const voice = Number(sign) - 1;
    const pitch =
      sign === 'B'
        ? low
        : sign === 'F'
          ? this.fifthBelow(low, span)
          : pitches[voice % pitches.length]! + (voice >= pitches.length ? 12 : 0);
    this.add({ beat, beats, pitch, velocity });
  }

  /** Broken chords tell the metre by their weight: nobody else may. */
  private accent(beat: number): number {
    const { barBeats, pulse } = this.sheet.plan.metre;
    const within = beat % barBeats;
    if (within < 1e-6) return 20;
    return Math.abs(within / pulse - Math.round(within / pulse)) < 1e-6 ? 13 : -6;
  }

  private low({ chord }: Span): number {
    const [low] = this.player.instrument.range;
    const floor = Math.max(low, 36);
    return floor + pitchClass(chord.bass - floor);
  }

  private fifthBelow(root: number, { chord }: Span): number {
    const fifth = chord.tones.includes(pitchClass(chord.root + 7)) ? 7 : 6;
    return root - 12 + fifth >= Math.max(36, this.player.instrument.range[0]) ? root - 12 + fifth : root + fifth;
  }

  private strum(sign: string, index: number, count: number): number {
    if (this.player.instrument.touch !== 'strum') return 0;
    const ms = STRUM_MS[sign] ?? 6;
    return ms > 0 ? index * ms : (count - 1 - index) * -ms;
  }

  /** The left hand: the bass that no one else plays. */
  private coverBass(bar: Bar): void {
    const isBroken = /[BF]/.test(this.patternOf(bar));
    if (isBroken) return;
    for (const span of this.sheet.harmony.between(bar.start, bar.start + bar.beats)) {
      const beat = Math.max(span.beat, bar.start);
      const beats = Math.min(span.beat + span.beats, bar.start + bar.beats) - beat;
      const low = this.low(span);
      const lowest = Math.min(...this.voicingOf(span));
      if (low < lowest) this.notes.push({ beat, beats: beats * 0.95, pitch: low, velocity: 84 });
    }
  }

  private add(note: SketchNote): void {
    this.notes.push(note);
    this.sounding.push(note);
  }
}
