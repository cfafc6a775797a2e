import type { Bar, PlannedSection } from '../form/plan';
import { nearestPitch, pitchClass } from '../harmony/pitch';
import type { Span } from '../harmony/progression';
import type { Random } from '../random';
import { isSmooth, smoothed, tonesOver } from './realise';
import type { Player, Sheet, SketchNote } from './sketch';

interface Gap {
  from: number;
  until: number;
}

/** Where the tune is silent in a bar for at least a beat. */
function gapsIn(bar: Bar, tune: readonly SketchNote[]): Gap[] {
  const end = bar.start + bar.beats;
  const sounding = tune
    .filter((note) => note.beat < end && note.beat + note.beats > bar.start)
    .sort((a, b) => a.beat - b.beat);
  const gaps: Gap[] = [];
  let from = bar.start;
  for (const note of sounding) {
    // Under a long note of the tune there is room, too.
    const isBusyUntil = note.beats >= 2 ? note.beat + 1 : note.beat + note.beats;
    if (note.beat - from >= 1) gaps.push({ from, until: note.beat });
    from = Math.max(from, isBusyUntil);
  }
  if (end - from >= 1) gaps.push({ from, until: end });
  return gaps;
}

/** The second voice: answers where the tune breathes, long guide tones under it, glitter above it, or the tune in thirds. */
export function writeCounter(
  player: Player,
  tune: readonly SketchNote[],
  turns: ReadonlyMap<PlannedSection, Player>,
  sheet: Sheet,
): SketchNote[] {
  if (player.slot.role !== 'counter') return [];
  const { plan, streams, harmony } = sheet;
  const random = streams(`counter ${player.name}`);
  const style = player.slot.counter;
  const notes: SketchNote[] = [];
  plan.barList.forEach((bar, i) => {
    if (!player.plays[i] || turns.get(bar.section) === player) return;
    if (style === 'twin') notes.push(...twin(bar, tune, player, sheet));
    else if (style === 'guide') notes.push(...guideTones(bar, notes.at(-1)?.pitch, player, sheet));
    else if (style === 'sparkle') notes.push(...sparkle(bar, tune, player, sheet, random));
    else for (const gap of gapsIn(bar, tune)) notes.push(...answer(gap, player, sheet, random));
  });
  const smooth = smoothed(joined(notes), harmony);
  return plan.loop || !player.plays.at(-1) || style === 'sparkle'
    ? smooth
    : [...smooth, lastTone(player, smooth, sheet)];
}

function middle({ instrument: { melody } }: Player): number {
  return Math.round((melody[0] + melody[1]) / 2) - 3;
}

function inside(pitch: number, { instrument: { melody } }: Player): number {
  return pitch < melody[0] ? pitch + 12 : pitch > melody[1] ? pitch - 12 : pitch;
}

/** A few notes by step that arrive on a tone of the chord. */
function answer({ from, until }: Gap, player: Player, { harmony, intent }: Sheet, random: Random): SketchNote[] {
  if (!random.chance(0.7)) return [];
  const unit = until - from >= 2 && random.chance(0.4) ? 1 : 0.5;
  const start = Math.ceil(from / unit) * unit + (random.chance(0.5) && until - from > 1.5 ? unit : 0);
  const count = Math.min(4, Math.floor((until - start) / unit + 1e-6));
  if (count < 2) return [];
  const arrival = harmony.at(start + (count - 1) * unit);
  const smooth = arrival.chord.tones.filter((tone) => isSmooth(tone, arrival.chord.tones));
  const goal = inside(
    nearestPitch(random.pick(smooth.length > 0 ? smooth : arrival.chord.tones), middle(player)),
    player,
  );
  const direction = random.chance(0.5) ? 1 : -1;
  let pitch = goal;
  const pitches = [goal];
  for (let i = 1; i < count; i++) {
    const scale = tonesOver(harmony.at(start + (count - 1 - i) * unit), intent.genre.melody.scale);
    do pitch += direction;
    while (!scale.includes(pitchClass(pitch)));
    pitches.unshift(pitch);
  }
  return pitches.map((each, i) => ({
    beat: start + i * unit,
    beats: i === count - 1 ? Math.min(until - (start + i * unit), unit * 2) : unit * 0.92,
    pitch: inside(each, player),
    velocity: 74 + i * 3,
  }));
}

/** The tune again, two steps of the scale higher: what two guitars or two fiddles do with it. */
function twin(bar: Bar, tune: readonly SketchNote[], player: Player, { harmony, intent }: Sheet): SketchNote[] {
  return tune
    .filter(({ beat }) => beat >= bar.start - 1e-6 && beat < bar.start + bar.beats - 1e-6)
    .map((note) => {
      const span = harmony.at(note.beat);
      const isHeld = note.beats >= 1;
      const scale = isHeld ? span.chord.tones : tonesOver(span, intent.genre.melody.scale);
      let pitch = note.pitch + 3;
      while (!scale.includes(pitchClass(pitch))) pitch++;
      return { ...note, pitch: inside(pitch, player), velocity: note.velocity - 8, slide: undefined };
    });
}

/** Third or seventh of each chord, whichever is nearer: the line that tells the harmony. */
function guideTones(bar: Bar, before: number | undefined, player: Player, { harmony }: Sheet): SketchNote[] {
  let last = before;
  return harmony.between(bar.start, bar.start + bar.beats).map((span: Span) => {
    const beat = Math.max(span.beat, bar.start);
    const beats = Math.min(span.beat + span.beats, bar.start + bar.beats) - beat;
    const { tones } = span.chord;
    const guides = tones.filter((tone, i) => i !== 0 && isSmooth(tone, tones));
    const from = last ?? middle(player);
    const options = (guides.length > 0 ? guides : tones).map((tone) => inside(nearestPitch(tone, from), player));
    const pitch = options.reduce((best, option) => (Math.abs(option - from) < Math.abs(best - from) ? option : best));
    last = pitch;
    return { beat, beats, pitch, velocity: 70 };
  });
}

/** Chord tones upwards, high and light. */
function sparkle(
  bar: Bar,
  tune: readonly SketchNote[],
  player: Player,
  { harmony }: Sheet,
  random: Random,
): SketchNote[] {
  const gap = gapsIn(bar, tune).find(({ from, until }) => until - from >= 1);
  if (!gap || !random.chance(bar.index % 2 === 1 ? 0.75 : 0.35)) return [];
  const start = Math.ceil(gap.from * 2) / 2;
  const { tones } = harmony.at(start).chord;
  const count = Math.min(4, Math.floor((gap.until - start) / 0.5));
  let pitch = middle(player);
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    pitch = inside(tones.map((tone) => pitch + (pitchClass(tone - pitch) || 12)).sort((a, b) => a - b)[0]!, player);
    return { beat: start + i * 0.5, beats: 0.9, pitch, velocity: 66 + i * 3 };
  });
}

function lastTone(player: Player, notes: readonly SketchNote[], { plan, harmony }: Sheet): SketchNote {
  const { tones } = harmony.at(plan.bodyBeats).chord;
  const third = tones[1] ?? tones[0]!;
  const pitch = inside(
    nearestPitch(isSmooth(third, tones) ? third : tones[0]!, notes.at(-1)?.pitch ?? middle(player)),
    player,
  );
  return { beat: plan.bodyBeats, beats: (plan.totalBeats - plan.bodyBeats) * 0.9, pitch, velocity: 76 };
}

/** The same tone again without a breath is one longer tone. */
function joined(notes: readonly SketchNote[]): SketchNote[] {
  const result: SketchNote[] = [];
  for (const note of notes) {
    const last = result.at(-1);
    const touches =
      last &&
      last.pitch === note.pitch &&
      note.beat - (last.beat + last.beats) < 0.01 &&
      last.beats + note.beats <= 8 &&
      note.beats >= 1;
    if (touches) last.beats = note.beat + note.beats - last.beat;
    else result.push({ ...note });
  }
  return result;
}
