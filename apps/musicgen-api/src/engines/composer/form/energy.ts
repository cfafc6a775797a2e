import type { SectionKind } from '../genres/genre';
import type { Intent } from '../prompt/intent';

/** How much happens in a section of a piece of middling intensity. */
const USUAL: Record<SectionKind, number> = {
  intro: 0.38,
  verse: 0.55,
  prechorus: 0.64,
  chorus: 0.8,
  bridge: 0.6,
  solo: 0.74,
  breakdown: 0.3,
  build: 0.56,
  drop: 0.92,
  interlude: 0.48,
  outro: 0.42,
};

interface Place {
  occurrence: number;
  /** 0 at the beginning of the piece, 1 at its end. */
  at: number;
  intent: Intent;
}

/** Energy of a section: it grows each time it comes back, peaks late, and all of it moves with the piece's intensity. */
export function energyOf(kind: SectionKind, { occurrence, at, intent }: Place): number {
  const isFrame = kind === 'intro' || kind === 'outro' || kind === 'breakdown';
  const growth = isFrame ? 0 : Math.min(3, occurrence) * 0.05 + 0.06 * Math.max(0, 1 - Math.abs(at - 0.8) * 2);
  const raised = USUAL[kind] + growth + (intent.energy - 0.5) * 0.7;
  // A piece of a few seconds has no time to grow.
  const least = intent.duration < 12 ? 0.45 + intent.energy * 0.3 : 0.1;
  return Math.round(Math.min(1, Math.max(least, raised)) * 1000) / 1000;
}
