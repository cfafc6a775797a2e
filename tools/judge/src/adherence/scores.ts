import type { Row } from './judgement';

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
