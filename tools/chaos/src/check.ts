/** Something that a scenario asserts, or a figure that it only reports. */
export interface Check {
  what: string;
  /** How many things were looked at, or the figure. */
  counted: number | string;
  /** A sentence each; absent where nothing is asserted. */
  violations?: readonly string[];
}

/** Asserts that something holds for each of the things; `problem` answers a sentence for one for which it does not. */
export function checkEach<T>(what: string, things: readonly T[], problem: (thing: T) => string | undefined): Check {
  const violations = things.map(problem).filter((sentence) => sentence !== undefined);
  return { what, counted: things.length, violations };
}

/** Asserts one figure. */
export const checkThat = (what: string, counted: number | string, holds: boolean): Check => ({
  what,
  counted,
  violations: holds ? [] : [`${what}: ${counted}`],
});

export const figure = (what: string, counted: number | string): Check => ({ what, counted });

export const isViolated = ({ violations = [] }: Check): boolean => violations.length > 0;
