import { inMetre } from '../form/metre';
import type { Metre } from '../form/metre';
import type { Bar, Plan } from '../form/plan';
import type { DrumBook, Groove, Lane } from '../genres/genre';
import type { Random, Streams } from '../random';
import { LANE_KEYS, STRENGTH, TIMEKEEPERS } from './drum-map';
import { FILLS } from './fills';
import { STEP, levelOf, patternsFor, readPattern } from './sketch';
import type { Player, Sheet, SketchNote } from './sketch';

const PLAIN: DrumBook = {
  kit: 0,
  calm: [{ kick: 'x.......x.......', rim: '....x.......x...', hat: 'x.o.x.o.x.o.x.o.' }],
  main: [{ kick: 'X.......X.x.....', snare: '....X.......X...', hat: 'x.o.x.o.x.o.x.o.' }],
  full: [{ kick: 'X.x.....X.x.....', snare: '....X.......X...', hat: 'X.x.X.x.X.x.X.x.' }],
  fills: 'rock',
  fillRate: 0.5,
  crashes: true,
};

/** Drums of a genre that has none, for those who ask for them. */
export function drumBookOf({ intent }: Sheet): DrumBook {
  return intent.genre.drums ?? PLAIN;
}

/** A groove of four in three or in six: its sounds, laid on the beats that the metre has. */
function tripled(groove: Groove, metre: Metre): Groove {
  const isCompound = metre.name === '6/8';
  const made: Groove = {};
  for (const [lane, pattern] of Object.entries(groove) as [Lane, string][]) {
    if (lane === 'kick') made.kick = isCompound ? 'X........x..' : 'X...........';
    else if (lane === 'snare' || lane === 'clap' || lane === 'rim')
      made[lane] = isCompound ? '......X.....' : '....x...x...';
    else if (TIMEKEEPERS.has(lane)) made[lane] = 'x.o.o.x.o.o.';
    else made[lane] = inMetre(pattern, metre);
  }
  if (!isCompound) for (const lane of ['hat', 'ride', 'shaker'] as const) if (made[lane]) made[lane] = 'x.o.x.o.x.o.';
  if (isFourOnTheFloor(groove.kick ?? '')) made.kick = isCompound ? 'X.....X.....' : 'X...X...X...';
  return made;
}

const KICK_CHANGE = 0.3;

/** A groove as this drummer has it: kicks off the beat come, go or move; what marks the beats stays. */
function personal(groove: Groove, random: Random): Groove {
  const draws = Array.from({ length: 16 }, () => random.next());
  const { kick, snare = '', clap = '' } = groove;
  if (kick?.length !== 16 || isFourOnTheFloor(kick) || !kick.includes('.')) return groove;
  const signs = [...kick].map((sign, step) => {
    const isOffBeat = step % 4 === 2;
    const isFree = [snare, clap].every((lane) => '.g'.includes(lane[step] ?? '.'));
    if (!isOffBeat || !isFree || draws[step]! > KICK_CHANGE) return sign;
    return sign === '.' ? (draws[step]! < KICK_CHANGE / 2 ? 'x' : 'o') : '.';
  });
  return { ...groove, kick: signs.join('') };
}

function isFourOnTheFloor(kick: string): boolean {
  return /^[Xx]...[Xx]...[Xx]...[Xx]/.test(kick);
}

/** Picks a groove for each section: the same for the same kind and energy, so that a chorus is felt as one. */
class Grooves {
  private readonly chosen = new Map<string, Groove>();

  constructor(
    private readonly book: DrumBook,
    private readonly plan: Plan,
    private readonly streamOf: Streams,
  ) {}

  of({ section }: Bar): Groove {
    const level = levelOf(section.energy);
    const name = `${section.kind} ${level} ${section.occurrence >= 2 ? section.occurrence % 3 : 0}`;
    let groove = this.chosen.get(name);
    if (!groove) {
      const { metre } = this.plan;
      const random = this.streamOf(name);
      const plain = random.pickEarly(patternsFor(this.book, level, this.plan));
      groove = metre.name === '4/4' ? personal(plain, random) : this.book.triple ? plain : tripled(plain, metre);
      this.chosen.set(name, groove);
    }
    return groove;
  }
}

/** The kit: grooves, fills where phrases end, crashes where sections begin, a last stroke. */
export function writeDrums(player: Player, sheet: Sheet): SketchNote[] {
  const { plan, streams } = sheet;
  const random = streams(`drums ${player.name}`);
  const book = drumBookOf(sheet);
  const grooves = new Grooves(book, plan, (name) => streams(`grooves ${player.name} ${name}`));
  const notes: SketchNote[] = [];
  plan.barList.forEach((bar, i) => {
    if (!player.plays[i]) {
      if (player.plays[i + 1] && bar.beats >= 2 && random.chance(0.8))
        notes.push(...fillOf(bar, sheet, book, random).notes);
      return;
    }
    const fill = wantsFill(bar, i, sheet, book, random) ? fillOf(bar, sheet, book, random) : undefined;
    const own = grooves.of(bar);
    const groove = bar.section.kind === 'build' && own.kick ? building(own, bar) : vary(own, bar, random);
    const until = fill ? fill.from : bar.start + bar.beats;
    notes.push(...playGroove(groove, bar, sheet).filter((note) => note.beat < until - 1e-6), ...(fill?.notes ?? []));
    if (book.crashes && startsLoud(bar, i))
      notes.push({ beat: bar.start, beats: 1, pitch: LANE_KEYS.crash, velocity: 104 });
  });
  if (!plan.loop && player.plays.at(-1)) notes.push(...lastStroke(plan.bodyBeats, book));
  return notes;
}

function startsLoud(bar: Bar, i: number): boolean {
  if (bar.index !== 0) return bar.section.energy > 0.8 && bar.index % 8 === 0;
  return bar.section.energy >= 0.6 && (i > 0 || bar.section.energy > 0.7);
}

function wantsFill(bar: Bar, i: number, { plan }: Sheet, book: DrumBook, random: Random): boolean {
  if (bar.beats < plan.metre.barBeats) return true;
  const isLast = bar.index === bar.section.bars - 1;
  if (isLast) return i === plan.barList.length - 1 ? random.chance(0.6) : random.chance(0.85);
  return bar.index % 4 === 3 && random.chance(book.fillRate);
}

/** A fill in a bar, louder towards its end, and where it starts. */
function fillOf(bar: Bar, { plan }: Sheet, book: DrumBook, random: Random): { from: number; notes: SketchNote[] } {
  const fills = FILLS[book.fills];
  const isBig = bar.index === bar.section.bars - 1 && bar.section.energy > 0.6;
  const fill = isBig ? random.pick(fills) : random.pickEarly(fills);
  const played = Math.round(bar.beats / STEP);
  const notes: SketchNote[] = [];
  let from = bar.start + bar.beats;
  for (const [lane, pattern] of Object.entries(fill) as [Lane, string][]) {
    for (let step = 0; step < played; step++) {
      const sign = pattern[16 - played + step];
      const strength = sign && STRENGTH[sign];
      if (!strength) continue;
      const beat = bar.start + step * STEP;
      from = Math.min(from, beat);
      const rise = 0.86 + (0.16 * step) / plan.metre.steps;
      notes.push({ beat, beats: 0.2, pitch: LANE_KEYS[lane], velocity: strength * rise });
    }
  }
  return { from, notes };
}

function playGroove(groove: Groove, bar: Bar, { plan }: Sheet): SketchNote[] {
  const notes: SketchNote[] = [];
  for (const [lane, pattern] of Object.entries(groove) as [Lane, string][]) {
    readPattern(pattern, bar, plan, (sign, beat) => {
      const velocity = STRENGTH[sign];
      if (velocity)
        notes.push({ beat, beats: lane === 'open' || lane === 'ride' ? 0.5 : 0.2, pitch: LANE_KEYS[lane], velocity });
      // A roll: what trap hats do between two sixteenths.
      if (sign === 'r')
        for (let i = 0; i < 3; i++)
          notes.push({ beat: beat + i / 12, beats: 0.08, pitch: LANE_KEYS[lane], velocity: 70 + i * 8 });
      if (sign === 'd')
        for (let i = 0; i < 2; i++)
          notes.push({ beat: beat + i / 8, beats: 0.12, pitch: LANE_KEYS[lane], velocity: 84 - i * 14 });
    });
  }
  return notes;
}

/** On the way to a drop the snare strikes twice as often again and again, and at last the kick is gone. */
function building(groove: Groove, { section, index }: Bar): Groove {
  const left = section.bars - index;
  const rolls = ['', 'xxxxxxxxxxxxXXXX', 'x.x.x.x.x.x.x.x.', 'x.x.x.x.x.x.x.x.'];
  const snare = rolls[left] ?? 'x...x...x...x...';
  return { ...groove, snare, kick: left === 1 ? '................' : groove.kick };
}

/** A drummer does not play the same bar twice: an extra kick here, a ghost note there. */
function vary(groove: Groove, bar: Bar, random: Random): Groove {
  const draw = random.next();
  const isSteady = bar.index === 0;
  if (isFourOnTheFloor(groove.kick ?? '')) return ticking(groove, bar, random);
  if (isSteady || draw < 0.55) return groove;
  const { kick, snare, hat, open } = groove;
  if (
    draw < 0.7 &&
    kick &&
    kick.length === 16 &&
    kick[10] === '.' &&
    kick[14] === '.' &&
    !/^X...X...X...X/.test(kick)
  ) {
    return { ...groove, kick: `${kick.slice(0, 14)}o${kick.slice(15)}` };
  }
  if (draw < 0.85 && snare && /g/.test(snare)) {
    const at = random.pick([3, 7, 9, 11, 15]);
    return snare[at] === '.' ? { ...groove, snare: `${snare.slice(0, at)}g${snare.slice(at + 1)}` } : groove;
  }
  if (hat && hat.length === 16 && hat[14] !== '.' && !open) {
    return { ...groove, hat: `${hat.slice(0, 14)}..`, open: '..............x.' };
  }
  return groove;
}

/** A machine does not tire, but it has a step that comes and goes, and a kick that leads into the next four bars. */
function ticking(groove: Groove, { index }: Bar, random: Random): Groove {
  const draw = random.next();
  const step = random.pick([1, 3, 5, 7, 9, 11, 13, 15]);
  const { kick = '' } = groove;
  const leads = index % 4 === 3 && draw < 0.5 && kick.length === 16;
  const lane = (['rim', 'hat', 'tomLow'] as const).find((each) => groove[each]?.length === 16) ?? 'rim';
  const pattern = groove[lane] ?? '................';
  const isTicking = draw > 0.15 && pattern.length === 16 && pattern[step] === '.';
  return {
    ...groove,
    ...(leads ? { kick: `${kick.slice(0, 14)}${draw < 0.25 ? 'x.' : '.x'}` } : {}),
    ...(isTicking ? { [lane]: `${pattern.slice(0, step)}g${pattern.slice(step + 1)}` } : {}),
  };
}

function lastStroke(beat: number, book: DrumBook): SketchNote[] {
  const kick = { beat, beats: 0.5, pitch: LANE_KEYS.kick, velocity: 112 };
  const top = book.crashes
    ? { beat, beats: 2, pitch: LANE_KEYS.crash, velocity: 106 }
    : { beat, beats: 2, pitch: LANE_KEYS.ride, velocity: 84 };
  return [kick, top];
}
