import type { Player, Sheet, SketchNote } from './sketch';

/** A reversed cymbal that swells into every section that is louder than the one before. */
export function writeEffects(player: Player, { plan }: Sheet): SketchNote[] {
  if (player.slot.role !== 'effects') return [];
  return plan.sections.flatMap((section, i) => {
    const before = plan.sections[i - 1];
    if (!before || section.energy - before.energy < 0.08 || before.beats < 4) return [];
    return [{ beat: section.startBeat - 4, beats: 4, pitch: 60, velocity: 70 + section.energy * 40 }];
  });
}
