/** A piece as numbers, and what it is. */
export interface Sample {
  features: readonly number[];
  label: string;
}

/** Says what a piece is. */
export type Classifier = (features: readonly number[]) => string;

const ROUNDS = 300;
const RATE = 0.5;
const MOMENTUM = 0.9;
const RIDGE = 0.01;

/** Brings every feature to mean 0 and deviation 1, as measured on the samples. */
export function standardiserOf(samples: readonly Sample[]): (features: readonly number[]) => number[] {
  const width = samples[0]?.features.length ?? 0;
  const scales = Array.from({ length: width }, (_, i) => {
    const mean = samples.reduce((sum, { features }) => sum + features[i]!, 0) / samples.length;
    const variance = samples.reduce((sum, { features }) => sum + (features[i]! - mean) ** 2, 0) / samples.length;
    return { mean, deviation: Math.sqrt(variance) };
  });
  // A rare feature must not outshout the others the first time it is there.
  const clip = (value: number) => Math.max(-4, Math.min(4, value));
  return (features) =>
    features.map((value, i) => {
      const { mean, deviation } = scales[i]!;
      return deviation < 1e-9 ? 0 : clip((value - mean) / deviation);
    });
}

function softmax(scores: Float64Array): Float64Array {
  const max = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - max));
  const sum = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / sum);
}

function scoresOf(weights: readonly Float64Array[], features: readonly number[]): Float64Array {
  return Float64Array.from(weights, (row) => {
    let score = row[features.length]!;
    for (let i = 0; i < features.length; i++) score += row[i]! * features[i]!;
    return score;
  });
}

/** Multinomial logistic regression with a ridge, by gradient descent with momentum from zero: the same every time. */
export function trainLogistic(samples: readonly Sample[]): Classifier {
  const labels = [...new Set(samples.map(({ label }) => label))].sort();
  const standardise = standardiserOf(samples);
  const rows = samples.map(({ features, label }) => ({ x: standardise(features), target: labels.indexOf(label) }));
  const width = (rows[0]?.x.length ?? 0) + 1;
  const weights = labels.map(() => new Float64Array(width));
  const speeds = labels.map(() => new Float64Array(width));
  for (let round = 0; round < ROUNDS; round++) {
    const slopes = weights.map((row) => row.map((weight, i) => (i === width - 1 ? 0 : RIDGE * weight)));
    for (const { x, target } of rows) {
      const chances = softmax(scoresOf(weights, x));
      for (const [k, slope] of slopes.entries()) {
        const error = (chances[k]! - (k === target ? 1 : 0)) / rows.length;
        for (let i = 0; i < x.length; i++) slope[i]! += error * x[i]!;
        slope[width - 1]! += error;
      }
    }
    for (const [k, row] of weights.entries()) {
      for (let i = 0; i < width; i++) {
        speeds[k]![i] = MOMENTUM * speeds[k]![i]! - RATE * slopes[k]![i]!;
        row[i]! += speeds[k]![i]!;
      }
    }
  }
  return (features) => {
    const scores = scoresOf(weights, standardise(features));
    return labels[scores.indexOf(Math.max(...scores))]!;
  };
}

/** The label whose mean lies nearest. */
export function trainNearestCentroid(samples: readonly Sample[]): Classifier {
  const standardise = standardiserOf(samples);
  const sums = new Map<string, { sum: number[]; count: number }>();
  for (const { features, label } of samples) {
    const x = standardise(features);
    const { sum, count } = sums.get(label) ?? { sum: x.map(() => 0), count: 0 };
    sums.set(label, { sum: sum.map((value, i) => value + x[i]!), count: count + 1 });
  }
  const centroids = [...sums].map(([label, { sum, count }]) => ({ label, at: sum.map((value) => value / count) }));
  return (features) => {
    const x = standardise(features);
    const distance = (at: readonly number[]) => at.reduce((all, value, i) => all + (value - x[i]!) ** 2, 0);
    return centroids.reduce((a, b) => (distance(b.at) < distance(a.at) ? b : a)).label;
  };
}

/** What is said of each sample by classifiers that were trained without its fold: `folds[i]` is the sample's fold. */
export function crossValidated(
  samples: readonly Sample[],
  folds: readonly number[],
  train: (samples: readonly Sample[]) => Classifier,
): string[] {
  const said: string[] = [];
  for (const fold of new Set(folds)) {
    const classify = train(samples.filter((_, i) => folds[i] !== fold));
    samples.forEach(({ features }, i) => {
      if (folds[i] === fold) said[i] = classify(features);
    });
  }
  return said;
}
