import type { TempoJudge } from '../hearing/hear';

const TOLERANCE = 0.04;

/** Beats that one may tap to the same music: octaves, and in 6/8 the dotted quarter with its octaves. */
function tappable(metre: string): number[] {
  const octaves = [1, 2, 0.5];
  return metre === '6/8' ? [...octaves, 2 / 3, 4 / 3, 1 / 3] : octaves;
}

/** Whether a heard tempo is the asked one. */
export function isTempo(heard: number, asked: number, metre = '4/4'): boolean {
  return tappable(metre).some((factor) => Math.abs(heard / (asked * factor) - 1) <= TOLERANCE + 1e-9);
}

/** Which judges heard the tempo; two must, or the only one that is there. */
export function tempoAgreement(
  heard: Partial<Record<TempoJudge, number | null>>,
  asked: number,
  metre: string,
): { agree: TempoJudge[]; isHeard: boolean } {
  const judges = Object.keys(heard) as TempoJudge[];
  const agree = judges.filter((judge) => {
    const bpm = heard[judge];
    return typeof bpm === 'number' && isTempo(bpm, asked, metre);
  });
  return { agree, isHeard: judges.length > 0 && agree.length >= Math.min(2, judges.length) };
}
