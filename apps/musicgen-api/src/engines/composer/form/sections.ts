import type { FormBook, SectionKind } from '../genres/genre';
import type { Random } from '../random';

/** How genres write their forms. */
export const SECTION_LETTERS: Record<string, SectionKind> = {
  I: 'intro',
  V: 'verse',
  P: 'prechorus',
  C: 'chorus',
  B: 'bridge',
  S: 'solo',
  K: 'breakdown',
  U: 'build',
  D: 'drop',
  T: 'interlude',
  O: 'outro',
};

/** A stretch of the form. */
export interface FormSection {
  kind: SectionKind;
  bars: number;
}

/** Bars of a section: the fewest, the usual number, the most. */
const LENGTHS: Record<SectionKind, readonly [number, number, number]> = {
  intro: [2, 4, 8],
  verse: [4, 8, 16],
  prechorus: [2, 4, 8],
  chorus: [4, 8, 16],
  bridge: [4, 8, 8],
  solo: [4, 8, 16],
  breakdown: [4, 8, 16],
  build: [2, 4, 8],
  drop: [4, 8, 16],
  interlude: [2, 4, 4],
  outro: [2, 4, 8],
};

/** Seconds that a usual section lasts; what decides between eight bars and sixteen. */
const USUAL_SECONDS = 16;

/** Forms that fit the bars nearly as well as the best one are chosen from. */
const NEAR_FIT_BARS = 3;
const FRAMES: ReadonlySet<SectionKind> = new Set(['intro', 'outro', 'interlude', 'prechorus', 'build']);

function kindsOf(form: string): SectionKind[] {
  return form.split(' ').map((letter) => {
    const kind = SECTION_LETTERS[letter];
    if (!kind) throw new Error(`There is no section ${letter}`);
    return kind;
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The longest song that fits with usual lengths, or goes on in cycles when even the longest is too short. */
function chooseKinds(bars: number, scale: number, book: FormBook, random: Random): SectionKind[] {
  const songs = book.songs.map(kindsOf);
  const usual = (kinds: SectionKind[]) =>
    sum(kinds.map((kind) => Math.min(LENGTHS[kind][2], LENGTHS[kind][1] * scale)));
  const least = (kinds: SectionKind[]) => sum(kinds.map((kind) => LENGTHS[kind][0]));
  const longest = songs.at(-1)!;
  if (usual(longest) + 8 <= bars) {
    const fits = (kinds: SectionKind[]) => usual(kinds) <= bars + 4 && least(kinds) <= bars;
    return extended(longest, fits, book, random);
  }
  const fitting = songs.filter((kinds) => least(kinds) <= bars);
  // Rather more sections that are somewhat short than few that go on.
  const misfit = (kinds: SectionKind[]) => Math.abs(usual(kinds) * 0.75 - bars);
  const byFit = fitting.sort((a, b) => misfit(a) - misfit(b));
  const near = byFit.filter((kinds) => misfit(kinds) <= misfit(byFit[0]!) + NEAR_FIT_BARS);
  return near.length > 0 ? random.pickEarly(near) : ['verse'];
}

/** Cycles go before the last big section, in a new order each time around, so that long pieces keep moving. */
function extended(
  song: SectionKind[],
  fits: (kinds: SectionKind[]) => boolean,
  book: FormBook,
  random: Random,
): SectionKind[] {
  const tail = song.at(-1) === 'outro' ? 2 : 1;
  const kinds = song.slice(0, -tail);
  const end = song.slice(-tail);
  let last = '';
  for (;;) {
    for (const cycle of random.shuffle(book.cycles)) {
      if (cycle === last && book.cycles.length > 1) continue;
      const next = kindsOf(cycle);
      if (!fits([...kinds, ...next, ...end])) return [...kinds, ...end];
      kinds.push(...next);
      last = cycle;
    }
  }
}

/** Sections of a piece with so many bars. */
export function layOut(bars: number, barSeconds: number, book: FormBook, random: Random): FormSection[] {
  if (bars < 4) return [{ kind: kindsOf(book.songs[0]!)[0]!, bars }];
  const scale = barSeconds * 8 > USUAL_SECONDS * 1.6 ? 0.5 : barSeconds * 8 < USUAL_SECONDS * 0.7 ? 2 : 1;
  const kinds = chooseKinds(bars, scale, book, random);
  const sections = kinds.map((kind) => ({ kind, bars: LENGTHS[kind][0] }));
  let left = bars - sum(sections.map((section) => section.bars));
  // Main sections grow first, some before others, then the frames around them, each to its next musical length.
  const mains = random.shuffle(sections.filter(({ kind }) => !FRAMES.has(kind)));
  const frames = sections.filter(({ kind }) => FRAMES.has(kind));
  for (const level of [1, 2] as const) {
    for (const group of [mains, frames]) {
      for (const section of group) {
        const next = LENGTHS[section.kind][level];
        if (next <= section.bars || next - section.bars > left) continue;
        left -= next - section.bars;
        section.bars = next;
      }
    }
  }
  return spread(sections, left);
}

/** What remains makes sections longer by fours, and the rest a tag at the end. */
function spread(sections: FormSection[], left: number): FormSection[] {
  let rest = left;
  for (let i = 0; rest >= 4; i = (i + 1) % sections.length) {
    const section = sections[sections.length - 1 - i]!;
    if (section.kind === 'intro' && sections.length > 1) continue;
    section.bars += 4;
    rest -= 4;
  }
  const intro = sections[0]!;
  if (rest === 2 && intro.kind === 'intro') intro.bars += 2;
  else sections.at(-1)!.bars += rest;
  return sections;
}
