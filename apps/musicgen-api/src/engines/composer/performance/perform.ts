import type { FeelBook } from '../genres/genre';
import type { Player, Sheet, SketchNote } from '../parts/sketch';
import type { Note, Part } from '../score';
import { controlsOf, slidesOf } from './controllers';
import { SectionReader, playedVelocity } from './dynamics';
import { inRange, tidied } from './tidy';
import { strayMs, swung } from './timing';

export const DRUM_CHANNEL = 9;

/** Instruments that play on the drum channel, where keys are sounds. */
export function isOnDrumChannel({ instrument }: Player): boolean {
  return instrument.id === 'drums' || instrument.id === 'percussion';
}

/** Channels of the players: drums and hand percussion share the tenth, everybody else has one. */
export function channelsOf(players: readonly Player[]): number[] {
  let next = 0;
  return players.map((player) => {
    if (isOnDrumChannel(player)) return DRUM_CHANNEL;
    if (next === DRUM_CHANNEL) next++;
    return next++;
  });
}

/** Six eighths do not swing: they are three already. */
function feelOf({ intent, plan }: Sheet): FeelBook {
  return plan.metre.name === '6/8' ? { ...intent.genre.feel, swing: 0 } : intent.genre.feel;
}

/** What is written becomes what is played: swing, touch, dynamics, controllers. */
export function perform(player: Player, sketches: readonly SketchNote[], channel: number, sheet: Sheet): Part {
  const { plan, streams, intent } = sheet;
  const feel = feelOf(sheet);
  const random = streams(`performance ${player.name}`);
  const sections = new SectionReader(plan.sections);
  const role = player.slot.role;
  const beatsPerMs = plan.bpm / 60000;
  const isKit = isOnDrumChannel(player);
  const slides: (SketchNote & { played: number })[] = [];
  const chords = new Map<number, number>();
  const notes = [...sketches]
    .sort((a, b) => a.beat - b.beat)
    .map((sketch): Note => {
      // Notes of a chord are struck by one hand: they stray together.
      const stray = chords.get(sketch.beat) ?? strayMs(role, sketch.pitch, feel, random);
      if (role === 'chords' || role === 'pad') chords.set(sketch.beat, stray);
      const start = swung(sketch.beat, feel) + (stray + (sketch.delayMs ?? 0)) * beatsPerMs;
      const end = swung(sketch.beat + sketch.beats, feel);
      const beat = Math.max(0, start);
      const section = sections.at(sketch.beat);
      const velocity = playedVelocity(sketch.velocity, { beat: sketch.beat, role, section }, plan, { feel, random });
      if (sketch.slide) slides.push({ ...sketch, played: beat });
      const pitch = isKit ? sketch.pitch : inRange(sketch.pitch, player.instrument.range);
      return { beat, beats: Math.max(0.05, end - Math.max(beat, sketch.beat)), pitch, velocity };
    });
  const played = tidied(notes, plan.totalBeats);
  const controls = isKit ? [] : controlsOf(player, played, { plan, harmony: sheet.harmony });
  controls.push(...slidesOf(slides, plan.bpm));
  const kit = intent.genre.drums?.kit ?? 0;
  return {
    name: player.name,
    role,
    channel,
    program: isKit ? kit : player.instrument.program,
    notes: played,
    controls: controls.filter(({ beat }) => beat <= plan.totalBeats).sort((a, b) => a.beat - b.beat),
    mix: player.slot.mix,
  };
}
