import type { Groove, Lane } from '../genres/genre';
import { nearestPitch } from '../harmony/pitch';
import { LANE_KEYS, STRENGTH } from './drum-map';
import { inMetre } from '../form/metre';
import { readPattern } from './sketch';
import type { Player, Sheet, SketchNote } from './sketch';

/** Hand percussion, or drums with a pitch of their own. */
export function writePercussion(player: Player, sheet: Sheet): SketchNote[] {
  if (player.slot.role !== 'percussion') return [];
  return player.instrument.id === 'percussion' ? writeHands(player, sheet) : writeTuned(player, sheet);
}

function grooveOf(player: Player, { plan, streams }: Sheet): Groove {
  if (player.slot.role !== 'percussion') return {};
  const { grooves, triple } = player.slot;
  const random = streams(`percussion ${player.name}`);
  return plan.metre.name !== '4/4' && triple ? random.pickEarly(triple) : random.pickEarly(grooves);
}

function writeHands(player: Player, sheet: Sheet): SketchNote[] {
  const groove = grooveOf(player, sheet);
  const notes: SketchNote[] = [];
  sheet.plan.barList.forEach((bar, i) => {
    if (!player.plays[i]) return;
    for (const [lane, pattern] of Object.entries(groove) as [Lane, string][]) {
      readPattern(pattern, bar, sheet.plan, (sign, beat) => {
        const velocity = STRENGTH[sign];
        if (velocity) notes.push({ beat, beats: 0.2, pitch: LANE_KEYS[lane], velocity: velocity * 0.88 });
      });
    }
  });
  return notes;
}

/** Timpani and taiko: the chord's root and fifth, on the kick's places of the groove, rolling where a section ends. */
function writeTuned(player: Player, sheet: Sheet): SketchNote[] {
  const { plan, harmony } = sheet;
  const pattern = inMetre(grooveOf(player, sheet).kick ?? 'X.......x.......', plan.metre);
  const [low, high] = player.instrument.range;
  const tuned = (pitch: number) => (pitch < low ? pitch + 12 : pitch > high ? pitch - 12 : pitch);
  const notes: SketchNote[] = [];
  plan.barList.forEach((bar, i) => {
    if (!player.plays[i]) return;
    const isLast = bar.index === bar.section.bars - 1;
    const rollFrom = isLast && bar.section.energy > 0.55 ? bar.start + bar.beats / 2 : Infinity;
    readPattern(pattern, bar, plan, (sign, beat, step) => {
      const root = tuned(nearestPitch(harmony.at(beat).chord.bass, 43));
      if (beat >= rollFrom) {
        notes.push({ beat, beats: 0.25, pitch: root, velocity: 46 + (beat - rollFrom) * 24 });
      } else if (STRENGTH[sign]) {
        const pitch =
          step === 0 || sign === 'X' ? root : tuned(nearestPitch(harmony.at(beat).chord.tones[2] ?? root, 43));
        notes.push({ beat, beats: 0.5, pitch, velocity: STRENGTH[sign] });
      }
    });
  });
  if (!plan.loop && player.plays.at(-1)) {
    const { chord } = harmony.at(plan.bodyBeats);
    notes.push({ beat: plan.bodyBeats, beats: 1.5, pitch: tuned(nearestPitch(chord.root, 43)), velocity: 112 });
  }
  return notes;
}
