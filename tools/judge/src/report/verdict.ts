/** A figure against its target. */
export interface Verdict {
  what: string;
  value: number;
  min?: number;
  max?: number;
  isMet: boolean;
}

/** One chapter of the report. */
export interface Section {
  name: string;
  verdicts: Verdict[];
  /** What a reader wants to see beside the verdicts. */
  lines: string[];
  /** Everything, raw. */
  data: unknown;
}

/** Compares a figure with its target; what is not a number has missed it. */
export function verdictOf(what: string, value: number, { min, max }: { min?: number; max?: number }): Verdict {
  const isMet = !Number.isNaN(value) && value >= (min ?? -Infinity) && value <= (max ?? Infinity);
  return { what, value, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }), isMet };
}

function targetOf({ min, max }: Verdict): string {
  const bounds = [min === undefined ? '' : `≥ ${min}`, max === undefined ? '' : `≤ ${max}`];
  return bounds.filter((bound) => bound !== '').join(' and ');
}

/** A chapter as text. */
export function printSection({ name, verdicts, lines }: Section): string {
  const rows = verdicts.map((verdict) => {
    const value = Number.isInteger(verdict.value) ? String(verdict.value) : verdict.value.toFixed(3);
    return `  ${verdict.isMet ? 'met   ' : 'MISSED'} ${verdict.what.padEnd(52)} ${value.padStart(8)}   ${targetOf(verdict)}`;
  });
  return [`\n${name}`, ...rows, ...lines.map((line) => `  ${line}`)].join('\n');
}
