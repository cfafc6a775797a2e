import type { HeardKey } from './mirex';

interface KeyProfile {
  name: string;
  major: readonly number[];
  minor: readonly number[];
}

/** How much of each tone a key has, from the tonic up; each from another kind of evidence. */
const PROFILES: readonly KeyProfile[] = [
  {
    // Listeners' ratings of probe tones (Krumhansl and Kessler 1982).
    name: 'krumhansl',
    major: [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
    minor: [6.33, 2.68, 3.52, 5.38, 2.6, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
  },
  {
    // Counts in the Kostka-Payne corpus of scores (Temperley 2007).
    name: 'temperley',
    major: [0.748, 0.06, 0.488, 0.082, 0.67, 0.46, 0.096, 0.715, 0.104, 0.366, 0.057, 0.4],
    minor: [0.712, 0.084, 0.474, 0.618, 0.049, 0.46, 0.105, 0.747, 0.404, 0.067, 0.133, 0.33],
  },
  {
    // Medians over electronic dance music (Faraldo, Jordà and Herrera 2017).
    name: 'edm',
    major: [1, 0, 0.42, 0, 0.53, 0.37, 0, 0.77, 0, 0.38, 0.21, 0.3],
    minor: [1, 0, 0.36, 0.39, 0, 0.38, 0, 0.74, 0.27, 0, 0.42, 0.23],
  },
];

/** A key with how well it fits; `votes` is what each profile would have said alone. */
export interface KeyEstimate extends HeardKey {
  correlation: number;
  /** Of the best key that is not this one. */
  runnerUp: HeardKey & { correlation: number };
  votes: Record<string, HeardKey>;
}

function correlationOf(a: readonly number[], b: readonly number[]): number {
  const meanA = a.reduce((sum, x) => sum + x, 0) / a.length;
  const meanB = b.reduce((sum, x) => sum + x, 0) / b.length;
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (const [i, x] of a.entries()) {
    const y = b[i]! - meanB;
    product += (x - meanA) * y;
    squareA += (x - meanA) ** 2;
    squareB += y ** 2;
  }
  return squareA * squareB === 0 ? 0 : product / Math.sqrt(squareA * squareB);
}

function fitsOf(chroma: readonly number[], profile: KeyProfile): (HeardKey & { correlation: number })[] {
  return (['major', 'minor'] as const).flatMap((mode) =>
    Array.from({ length: 12 }, (_, tonic) => {
      const fromTonic = chroma.map((_value, i) => chroma[(i + tonic) % 12]!);
      return { tonic, mode, correlation: correlationOf(fromTonic, profile[mode]) };
    }),
  );
}

/** Krumhansl and Schmuckler's key finding: the key whose profiles correlate best with the chroma, all profiles together. */
export function keyOfChroma(chroma: readonly number[]): KeyEstimate {
  const fits = PROFILES.map((profile) => fitsOf(chroma, profile));
  const together = fits[0]!.map((fit, i) => ({
    ...fit,
    correlation: fits.reduce((sum, each) => sum + each[i]!.correlation, 0) / fits.length,
  }));
  const [best, runnerUp] = together.toSorted((a, b) => b.correlation - a.correlation);
  const votes = PROFILES.map(({ name }, i) => {
    const { tonic, mode } = fits[i]!.reduce((a, b) => (b.correlation > a.correlation ? b : a));
    return [name, { tonic, mode }] as const;
  });
  return { ...best!, runnerUp: runnerUp!, votes: Object.fromEntries(votes) };
}
