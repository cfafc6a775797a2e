import type { Row } from './judgement';
import { tempoAgreement } from './tempo-agreement';

/** The mean weight of the heard keys, as MIREX counts them. */
export function keyScore(rows: readonly Row[]): number {
  const weights = rows.flatMap(({ keyWeight }) => (keyWeight === undefined ? [] : [keyWeight]));
  return weights.length === 0 ? NaN : weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
}

/** The share of pieces whose tempo was heard. */
export function tempoScore(rows: readonly Row[]): number {
  const asked = rows.filter(({ isTempo }) => isTempo !== undefined);
  return asked.length === 0 ? NaN : asked.filter(({ isTempo }) => isTempo).length / asked.length;
}

/** The same with what `aubio tempo` prints in place of the median of its beats. */
export function tempoScoreAsPrinted(rows: readonly Row[]): number {
  const heard = rows.filter(({ asked, heard: { aubioPrinted } }) => asked.bpm !== undefined && aubioPrinted);
  const right = heard.filter(({ asked, heard: { tempo, aubioPrinted } }) => {
    return tempoAgreement({ ...tempo, aubio: aubioPrinted }, asked.bpm!, asked.metre).isHeard;
  });
  return heard.length === 0 ? NaN : right.length / heard.length;
}
