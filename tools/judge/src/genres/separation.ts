import { doAll } from '../crew/crew';
import type { CrewOptions } from '../crew/crew';
import { verdictOf } from '../report/verdict';
import type { Section } from '../report/verdict';
import { crossValidated, trainLogistic, trainNearestCentroid } from './classifier';
import type { Classifier, Sample } from './classifier';
import type { Features } from './features';

/** One piece that was made by naming its genre only. */
export interface GenreSample {
  label: string;
  prompt: string;
  seed: number;
  features: Features;
}

const FOLDS = 4;
const ACCURACY_MIN = 0.85;

/** Only the genre is named, in the words that people use for it. */
const GENRE_NAMES: Record<string, string> = {
  pop: 'pop',
  rock: 'rock',
  jazz: 'jazz',
  blues: 'blues',
  classical: 'classical music',
  orchestral: 'cinematic orchestral music',
  ambient: 'ambient',
  lofi: 'lo-fi',
  hiphop: 'hip-hop',
  house: 'house',
  techno: 'techno',
  drum_and_bass: 'drum and bass',
  funk: 'funk',
  reggae: 'reggae',
  latin: 'latin',
  folk: 'folk',
  country: 'country',
  metal: 'metal',
  rnb: 'R&B',
};

/** Which features a classifier may use: by their groups. */
const VIEWS: Record<string, (group: string) => boolean> = {
  all: () => true,
  'without tempo': (group) => group !== 'tempo',
  'without tempo and instruments': (group) => !['tempo', 'instruments'].includes(group),
  'tempo only': (group) => group === 'tempo',
  'drums and swing only': (group) => ['drums', 'swing'].includes(group),
  'instruments only': (group) => group === 'instruments',
  'harmony only': (group) => group === 'harmony',
  'sound only': (group) => group === 'sound',
};

function samplesOf(pieces: readonly GenreSample[], view: (group: string) => boolean): Sample[] {
  const names = Object.keys(pieces[0]?.features ?? {}).filter((name) => view(name.split('.')[0]!));
  return pieces.map(({ features, label }) => ({ label, features: names.map((name) => features[name]!) }));
}

function accuracyOf(samples: readonly Sample[], said: readonly string[]): number {
  return samples.filter(({ label }, i) => said[i] === label).length / Math.max(1, samples.length);
}

/** Rows are what was asked, columns what was said. */
function confusionOf(samples: readonly Sample[], said: readonly string[]): Record<string, Record<string, number>> {
  const confusion: Record<string, Record<string, number>> = {};
  samples.forEach(({ label }, i) => {
    const row = (confusion[label] ??= {});
    row[said[i]!] = (row[said[i]!] ?? 0) + 1;
  });
  return confusion;
}

/** Trains without a quarter of the seeds at a time, and asks of that quarter. */
export function separationOf(pieces: readonly GenreSample[]) {
  const seeds = [...new Set(pieces.map(({ seed }) => seed))];
  const folds = pieces.map(({ seed }) => seeds.indexOf(seed) % FOLDS);
  const hear = (view: string, train: (samples: readonly Sample[]) => Classifier) => {
    const samples = samplesOf(pieces, VIEWS[view]!);
    const said = crossValidated(samples, folds, train);
    return { accuracy: accuracyOf(samples, said), confusion: confusionOf(samples, said) };
  };
  const logistic = hear('all', trainLogistic);
  return {
    genres: new Set(pieces.map(({ label }) => label)).size,
    pieces: pieces.length,
    accuracy: logistic.accuracy,
    confusion: logistic.confusion,
    nearestCentroid: hear('all', trainNearestCentroid).accuracy,
    views: Object.fromEntries(Object.keys(VIEWS).map((view) => [view, hear(view, trainLogistic).accuracy])),
  };
}

function printConfusion(confusion: Record<string, Record<string, number>>): string[] {
  return Object.entries(confusion).map(([asked, row]) => {
    const others = Object.entries(row).filter(([said]) => said !== asked);
    const taken = others.map(([said, count]) => `${said} ${count}`).join(', ');
    return `  ${asked.padEnd(14)} ${String(row[asked] ?? 0).padStart(3)} right${taken ? `; taken for ${taken}` : ''}`;
  });
}

/** Makes pieces by naming genres only, and reports how well they are told apart. */
export async function judgeGenres(
  crew: CrewOptions,
  { seeds, seconds, seed }: { seeds: number; seconds: number; seed: number },
): Promise<Section> {
  const wanted = Object.entries(GENRE_NAMES).flatMap(([label, prompt]) =>
    Array.from({ length: seeds }, (_, i) => ({ label, prompt, duration: seconds, seed: seed * 1000 + i })),
  );
  const wishes = wanted.map(({ prompt, duration, seed: own }) => ({ prompt, duration, seed: own }));
  const outcomes = await doAll('features', wishes, crew);
  const pieces = wanted.flatMap(({ label, prompt, seed: own }, i) => {
    const outcome = outcomes[i]!;
    return 'result' in outcome ? [{ label, prompt, seed: own, features: outcome.result }] : [];
  });
  const failures = outcomes.flatMap((outcome, i) => ('error' in outcome ? [{ ...wishes[i], ...outcome }] : []));
  const figures = separationOf(pieces);
  return {
    name: 'genres',
    verdicts: [
      verdictOf('genres told apart, held out', figures.accuracy, { min: ACCURACY_MIN }),
      verdictOf('genres', figures.genres, { min: 16 }),
      verdictOf('renders that failed', failures.length, { max: 0 }),
    ],
    lines: [
      `nearest centroid ${figures.nearestCentroid.toFixed(3)}`,
      ...Object.entries(figures.views).map(([view, accuracy]) => `${view}: ${accuracy.toFixed(3)}`),
      ...printConfusion(figures.confusion),
    ],
    data: { ...figures, failures, samples: pieces },
  };
}
