import type { Bar } from '../form/plan';
import { intoRange, nearestPitch } from '../harmony/pitch';
import type { Player, Sheet, SketchNote } from './sketch';

/** A single line has to say the harmony and the beat itself: longer than this no tone is held. */
const HELD_BEATS_MAX = 1.5;
const FIGURE = 0.5;
/** Which tones of the chord the figure takes in turn. */
const TURNS = [
  [0, 2, 1, 2],
  [0, 1, 2, 1],
  [0, 2, 3, 1],
];

/** Whether there is nobody but one who plays single notes. */
export function isUnaccompanied(players: readonly Player[]): boolean {
  return players.every(({ slot: { role } }) => role === 'lead' || role === 'counter' || role === 'effects');
}

/**
 * What a player alone does between the tones of the tune: broken chords, as in the suites for one violin, flute or cello.
 * Every beat is struck, so that one can follow it, and no silence is longer than a breath.
 */
export function figured(tune: readonly SketchNote[], player: Player, sheet: Sheet): SketchNote[] {
  const { plan, streams } = sheet;
  const random = streams(`melody figures ${player.name}`);
  const turns = random.pick(TURNS);
  const kept = tune
    .map((note) => (note.beats > HELD_BEATS_MAX && note.beat < plan.bodyBeats ? { ...note, beats: 1 } : note))
    .sort((a, b) => a.beat - b.beat);
  const notes = [...kept];
  let next = 0;
  plan.barList.forEach((bar) => {
    for (let beat = bar.start; beat < bar.start + bar.beats - 1e-6; beat += FIGURE) {
      while (next < kept.length && kept[next]!.beat < beat + FIGURE - 1e-6) next++;
      const before = kept[next - 1];
      const isFree = !before || before.beat + before.beats <= beat + 0.1;
      if (isFree) notes.push(figureAt(beat, bar, turns, player, sheet));
    }
  });
  return notes.sort((a, b) => a.beat - b.beat);
}

function figureAt(beat: number, bar: Bar, turns: readonly number[], player: Player, sheet: Sheet): SketchNote {
  const { harmony, plan } = sheet;
  const { melody, range } = player.instrument;
  const tones = harmony.at(beat).chord.tones;
  const within = beat - bar.start;
  const step = Math.round(within / FIGURE);
  const isDown = Math.abs(within) < 1e-6;
  const isBeat = Math.abs(within / plan.metre.pulse - Math.round(within / plan.metre.pulse)) < 1e-6;
  const low = Math.max(range[0], melody[0] - 5);
  const tone = isDown ? tones[0]! : tones[turns[step % turns.length]! % tones.length]!;
  const pitch = intoRange(nearestPitch(tone, isDown ? low + 4 : low + 10), [low, Math.max(low + 12, melody[1])]);
  return { beat, beats: FIGURE * 0.9, pitch, velocity: isDown ? 92 : isBeat ? 80 : 58 };
}
