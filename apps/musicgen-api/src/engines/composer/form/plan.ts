import type { Intent } from '../prompt/intent';
import type { FormBook, SectionKind } from '../genres/genre';
import type { Streams } from '../random';
import { energyOf } from './energy';
import type { Metre } from './metre';
import { layOut } from './sections';
import type { FormSection } from './sections';
import { fitTempo } from './tempo-fit';
import type { Fit } from './tempo-fit';

/** A section with its place. */
export interface PlannedSection {
  name: string;
  kind: SectionKind;
  startBeat: number;
  bars: number;
  beats: number;
  energy: number;
  /** How many of its kind came before. */
  occurrence: number;
  /** Semitones that its key lies above the piece's. */
  shift: number;
  isLast: boolean;
}

/** A bar: where patterns are laid. */
export interface Bar {
  start: number;
  beats: number;
  section: PlannedSection;
  /** Position in the section. */
  index: number;
}

/** The piece before its notes. */
export interface Plan extends Fit {
  metre: Metre;
  duration: number;
  loop: boolean;
  sections: PlannedSection[];
  bars: number;
  barList: Bar[];
}

const FREE_NAMES: [RegExp, SectionKind][] = [
  [/intro|opening|prelude/, 'intro'],
  [/pre/, 'prechorus'],
  [/chorus|hook|refrain|theme/, 'chorus'],
  [/bridge|middle/, 'bridge'],
  [/solo|improv/, 'solo'],
  [/break/, 'breakdown'],
  [/build|rise/, 'build'],
  [/drop|climax|peak/, 'drop'],
  [/interlude|transition/, 'interlude'],
  [/outro|coda|end/, 'outro'],
];

/** What a section's name says about what happens in it. */
export function kindOfName(name: string): SectionKind {
  const plain = name.toLowerCase();
  return FREE_NAMES.find(([pattern]) => pattern.test(plain))?.[1] ?? 'verse';
}

/** A structure that was asked for, cut or continued to so many bars. */
function fromStructure(structure: { name: string; bars: number }[], bars: number): (FormSection & { name: string })[] {
  const sections: (FormSection & { name: string })[] = [];
  let left = bars;
  for (const { name, bars: wanted } of structure) {
    if (left <= 0) break;
    sections.push({ name, kind: kindOfName(name), bars: Math.min(left, wanted) });
    left -= wanted;
  }
  if (left > 0) sections.at(-1)!.bars += left;
  return sections;
}

function fitOf(intent: Intent): Fit {
  const { genre, duration, loop, structure, tempo } = intent;
  const isFree = tempo.explicit === undefined;
  const bars = isFree ? structure?.reduce((sum, section) => sum + section.bars, 0) : undefined;
  return fitTempo({
    duration,
    metre: intent.metre,
    min: tempo.explicit ?? tempo.min,
    max: tempo.explicit ?? tempo.max,
    target: tempo.explicit ?? tempo.target,
    loop,
    slowsDown: isFree && !loop && genre.ending === 'rit' && duration >= 12,
    bars,
  });
}

/** A bridge may leave the key, and comes back: up a fourth, to the relative, or a tone higher. */
function shiftOf(section: FormSection, index: number, count: number, intent: Intent, chance: number): number {
  const isInside = index > 2 && index < count - 2;
  if (!isInside || intent.duration < 100) return 0;
  const moves = intent.key.mode === 'major' ? [5, -3, 5, 2] : [5, 3, 5, -2];
  if (section.kind === 'bridge') return chance < 0.55 ? moves[Math.floor(chance * 7.2)]! : 0;
  return section.kind === 'solo' && intent.duration > 240 && chance > 0.75 ? 5 : 0;
}

/** Tempo, bars and sections of a piece. What goes on from another one needs no introduction, and counts on. */
export function planOf(intent: Intent, streams: Streams, before?: Plan): Plan {
  const fit = fitOf(intent);
  const random = streams('form');
  const barSeconds = (intent.metre.barBeats * 60) / fit.bpm;
  const laidOut: (FormSection & { name?: string })[] = intent.structure?.length
    ? fromStructure(intent.structure, fit.bars)
    : layOut(fit.bars, barSeconds, formsFor(intent, before), random);
  const seen = new Map<SectionKind, number>();
  for (const { kind } of before?.sections ?? []) seen.set(kind, (seen.get(kind) ?? 0) + 1);
  let bar = 0;
  const sections = laidOut.map((section, i): PlannedSection => {
    const occurrence = seen.get(section.kind) ?? 0;
    seen.set(section.kind, occurrence + 1);
    const startBeat = bar * intent.metre.barBeats;
    bar += section.bars;
    const end = Math.min(bar * intent.metre.barBeats, fit.bodyBeats);
    return {
      name: section.name ?? section.kind,
      kind: section.kind,
      startBeat,
      bars: section.bars,
      beats: end - startBeat,
      energy: energyOf(section.kind, { occurrence, at: i / Math.max(1, laidOut.length - 1), intent }),
      occurrence,
      shift: section.name ? 0 : shiftOf(section, i, laidOut.length, intent, random.next()),
      isLast: i === laidOut.length - 1,
    };
  });
  const { metre, duration, loop } = intent;
  return { ...fit, metre, duration, loop, sections, barList: barsOf(sections, fit.bodyBeats, metre) };
}

/** A loop has neither beginning nor end; what goes on has no beginning, and moves to where it has not just been. */
function formsFor({ genre: { forms }, loop }: Intent, before?: Plan): FormBook {
  if (!loop && !before) return forms;
  const left = loop ? 'IO' : 'I';
  const bare = forms.songs
    .map((song) => song.split(' ').filter((letter) => !left.includes(letter)))
    .filter((letters) => letters.length > 0)
    .map((letters) => letters.join(' '));
  if (!before) return { songs: bare, cycles: forms.cycles };
  const goal = forms.songs.at(-1)!.replace(/ O$/, '').slice(-1);
  const led = forms.cycles.map((cycle) => (cycle.endsWith(goal) ? cycle : `${cycle} ${goal}`));
  return { songs: [goal, ...led, ...bare].sort((a, b) => a.length - b.length), cycles: forms.cycles };
}

function barsOf(sections: PlannedSection[], bodyBeats: number, metre: Metre): Bar[] {
  return sections.flatMap((section) =>
    Array.from({ length: section.bars }, (_, index) => {
      const start = section.startBeat + index * metre.barBeats;
      return { start, beats: Math.min(metre.barBeats, bodyBeats - start), section, index };
    }),
  );
}
