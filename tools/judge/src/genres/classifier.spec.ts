import { chanceOf } from '../prompts/chance';
import { crossValidated, trainLogistic, trainNearestCentroid } from './classifier';
import type { Sample } from './classifier';

/** Three clouds; the fourth feature says nothing, the fifth never changes. */
function clouds(spread: number): Sample[] {
  const chance = chanceOf(3);
  const middles = { low: [0, 0, 1], high: [4, 0, -1], far: [0, 5, 0] };
  return Object.entries(middles).flatMap(([label, middle]) =>
    Array.from({ length: 20 }, () => {
      const near = middle.map((value) => value + spread * (chance() - 0.5));
      return { label, features: [...near, chance() * 100, 7] };
    }),
  );
}

function accuracy(samples: readonly Sample[], said: readonly string[]): number {
  return samples.filter(({ label }, i) => said[i] === label).length / samples.length;
}

describe('the classifiers', () => {
  const folds = Array.from({ length: 60 }, (_, i) => i % 4);

  it.each([
    ['logistic regression', trainLogistic],
    ['nearest centroid', trainNearestCentroid],
  ])('tell apart by %s what they were not trained on', (_name, train) => {
    expect(accuracy(clouds(2), crossValidated(clouds(2), folds, train))).toBe(1);
  });

  it('guess when there is nothing to tell apart', () => {
    const chance = chanceOf(9);
    const noise = clouds(1).map(({ label }) => ({ label, features: [chance(), chance()] }));
    expect(accuracy(noise, crossValidated(noise, folds, trainLogistic))).toBeLessThan(0.6);
  });
});
