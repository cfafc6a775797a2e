import type { FeelBook } from '../genres/genre';
import type { Plan, PlannedSection } from '../form/plan';
import type { Random } from '../random';
import type { Role } from '../score';

/** Parts that follow the energy of a section most; drums and bass hold the floor. */
const FOLLOWS: Record<Role, number> = {
  drums: 0.5,
  percussion: 0.5,
  bass: 0.4,
  chords: 0.55,
  pad: 0.6,
  lead: 0.4,
  counter: 0.55,
  effects: 0.2,
};

/** Sections by beat: found in order, since notes come in order. */
export class SectionReader {
  private index = 0;

  constructor(private readonly sections: readonly PlannedSection[]) {}

  at(beat: number): PlannedSection {
    while (this.index > 0 && this.sections[this.index]!.startBeat > beat + 1e-6) this.index--;
    while (this.index + 1 < this.sections.length && this.sections[this.index + 1]!.startBeat <= beat + 1e-6)
      this.index++;
    return this.sections[this.index]!;
  }
}

/** Velocity as it is played: section, arch of the phrase, growth towards what follows, and a hand that is no machine. */
export function playedVelocity(
  written: number,
  { beat, role, section }: { beat: number; role: Role; section: PlannedSection },
  plan: Plan,
  { feel, random }: { feel: FeelBook; random: Random },
): number {
  const bySection = 1 + (section.energy - 0.65) * FOLLOWS[role];
  const phrase = (((beat - section.startBeat) / plan.metre.barBeats) % 4) / 4;
  const arch = role === 'drums' || role === 'bass' ? 0 : Math.sin(Math.PI * phrase) * 0.07 * (0.4 + feel.dynamics);
  const through = (beat - section.startBeat) / section.beats;
  const rise = section.kind === 'build' || section.kind === 'prechorus' ? 0.22 * through - 0.1 : 0;
  const chance = random.bell() * 0.09 * (0.35 + feel.dynamics);
  return Math.round(Math.min(127, Math.max(12, written * (bySection + arch + rise + chance))));
}
