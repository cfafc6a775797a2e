import type { Plan, PlannedSection } from '../form/plan';
import type { HarmonyBook, SectionKind } from '../genres/genre';
import type { Intent } from '../prompt/intent';
import type { Streams } from '../random';
import { chordOf } from './chord';
import type { Chord } from './chord';
import { coloured } from './colour';
import { movedKey } from './pitch';
import type { Key } from './pitch';

/** A chord while it sounds. */
export interface Span {
  beat: number;
  beats: number;
  chord: Chord;
  key: Key;
}

/** All chords of a piece, without gaps from its first beat to its last. */
export class Harmony {
  constructor(readonly spans: readonly Span[]) {}

  /** The span at a beat; the last one beyond the end. */
  at(beat: number): Span {
    return this.spans[this.indexAt(beat)]!;
  }

  /** The span after the one at a beat: the first again when there is none. */
  after(beat: number): Span {
    return this.spans[this.indexAt(beat) + 1] ?? this.spans[0]!;
  }

  /** Spans that sound between two beats. */
  between(from: number, to: number): Span[] {
    const found: Span[] = [];
    for (let i = this.indexAt(from); i < this.spans.length && this.spans[i]!.beat < to - 1e-9; i++)
      found.push(this.spans[i]!);
    return found;
  }

  private indexAt(beat: number): number {
    let low = 0;
    let high = this.spans.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.spans[middle]!.beat <= beat + 1e-6) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

const FALLBACK: Partial<Record<SectionKind, keyof HarmonyBook>> = {
  drop: 'chorus',
  outro: 'chorus',
  build: 'prechorus',
};

function barsOf(progression: string): string[][] {
  return progression.split('|').map((bar) => bar.trim().split(/\s+/));
}

function isHome(progression: string): boolean {
  return /^[Ii](?![IiVv])/.test(progression.trim());
}

/** Chords of a kind of section: one round after the other, each coloured in its own way. */
interface Changes {
  bars: string[][];
  /** Bars of one round. */
  period: number;
}

/** Picks the progressions of each kind once: a chorus is known again by its chords. */
class Repertoire {
  private readonly chosen = new Map<string, Changes>();

  constructor(
    private readonly book: HarmonyBook,
    private readonly streams: Streams,
  ) {}

  of(section: PlannedSection, isFirst: boolean): Changes {
    const usual = this.chosenFor(section);
    const startsAway = isFirst && !isHome(usual.bars[0]!.join(' '));
    return startsAway ? this.chosenFor(section, isHome) : usual;
  }

  private chosenFor(section: PlannedSection, isFit?: (progression: string) => boolean): Changes {
    const own =
      this.book[section.kind as keyof HarmonyBook] ?? this.book[FALLBACK[section.kind] ?? 'verse'] ?? this.book.verse;
    const all = own as string[];
    const pool = isFit && all.some(isFit) ? all.filter(isFit) : all;
    // Verses and solos of a long piece turn to other changes now and then; what is meant to be recognised does not.
    const canVary = ['verse', 'solo', 'breakdown', 'bridge'].includes(section.kind);
    const variant = canVary && section.occurrence % 4 === 3 ? 1 : 0;
    const name = `${section.kind} ${variant} ${isFit ? 'home' : ''}`;
    let changes = this.chosen.get(name);
    if (!changes) {
      // A stream of its own: a chorus has its chords wherever in the form it comes first.
      const random = this.streams(`harmony of ${name}`);
      const round = barsOf(random.pickEarly(variant ? random.shuffle(pool) : pool));
      const bars = [...coloured(round, random), ...coloured(round, random)];
      changes = { bars, period: round.length };
      this.chosen.set(name, changes);
    }
    return changes;
  }
}

/** Numerals of every bar of the body. */
function numerals(plan: Plan, book: HarmonyBook, streams: Streams): string[][] {
  const repertoire = new Repertoire(book, streams);
  const random = streams('harmony');
  const close = barsOf(random.pick(book.close));
  return plan.sections.flatMap((section, s) => {
    const { bars: progression, period } = repertoire.of(section, s === 0);
    const bars = Array.from({ length: section.bars }, (_, i) => progression[i % progression.length]!);
    const next = plan.sections[s + 1];
    if (section.isLast && !plan.loop) {
      const length = Math.min(close.length, bars.length - (plan.sections.length > 1 && bars.length > 1 ? 0 : 1));
      bars.splice(bars.length - length, length, ...close.slice(close.length - length));
    } else if ((!next && plan.loop) || (next && (next.kind !== section.kind || section.bars % period !== 0))) {
      const isCut = section.bars % period !== 0;
      if (bars.length > 1 && (isCut || section.shift !== 0 || random.chance(0.55))) {
        bars[bars.length - 1] = barsOf(random.pickEarly(book.half))[0]!;
      }
    }
    if (s === 0 && !isHome(bars[0]!.join(' '))) bars[0] = [book.final];
    return bars;
  });
}

/** One bar holds the whole cadence: home, then the dominant when there is time for it. */
function shortest(plan: Plan, book: HarmonyBook): string[][] {
  const dominant = barsOf(book.close[0]!).at(-1)!.at(-1)!;
  return [plan.bodyBeats >= 2 ? [book.final, dominant] : [book.final]];
}

/** Where the chords of a bar change: halves, or in three the last beat. */
function onsets(count: number, beats: number, pulse: number): number[] {
  if (count === 1) return [0];
  if (beats === 3 && pulse === 1) return count === 2 ? [0, 2] : [0, 1, 2];
  return Array.from({ length: count }, (_, i) => (i * beats) / count);
}

function keyIn(bar: { section: PlannedSection; index: number }, home: Key, plan: Plan): Key {
  const { section, index } = bar;
  // The last bar of an excursion is the way back.
  const returns = section.shift !== 0 && index === section.bars - 1;
  return section.shift === 0 || returns || plan.loop ? home : movedKey(home, section.shift);
}

/** The chords of a piece: progressions of the genre, cadences that lead on, and one that says where home is. */
export function harmonise(plan: Plan, intent: Intent, streams: Streams): Harmony {
  const book = intent.genre.harmony[intent.key.mode];
  const isShortest = plan.barList.length === 1 && !plan.loop;
  const bars = isShortest ? shortest(plan, book) : numerals(plan, book, streams);
  const spans: Span[] = [];
  plan.barList.forEach((bar, i) => {
    const key = keyIn(bar, intent.key, plan);
    const starts = onsets(bars[i]!.length, bar.beats, plan.metre.pulse);
    bars[i]!.forEach((numeral, k) => {
      const from = starts[k]!;
      if (from >= bar.beats) return;
      const beats = (starts[k + 1] ?? bar.beats) - from;
      spans.push({ beat: bar.start + from, beats, chord: chordOf(numeral, key), key });
    });
  });
  if (!plan.loop) {
    const beats = plan.totalBeats - plan.bodyBeats;
    spans.push({ beat: plan.bodyBeats, beats, chord: chordOf(book.final, intent.key), key: intent.key });
  }
  return new Harmony(joined(spans));
}

/** The same chord twice is one chord. */
function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans) {
    const last = result.at(-1);
    if (
      last &&
      last.chord.symbol === span.chord.symbol &&
      last.chord.bass === span.chord.bass &&
      last.key.tonic === span.key.tonic
    ) {
      last.beats += span.beats;
    } else result.push({ ...span });
  }
  return result;
}
