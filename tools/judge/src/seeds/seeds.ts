import { loadEngine } from '../crew/engine';
import { verdictOf } from '../report/verdict';
import type { Section } from '../report/verdict';
import { flawsOf } from './degenerate';
import type { Flaw } from './degenerate';
import { distanceOf, fingerprintOf, melodyDistanceOf, nearestPair } from './fingerprint';

/** One prompt that fixes everything a prompt can fix: what differs comes from the seed. */
const PROMPT = 'Upbeat pop song in C major at 120 bpm';
const DISTANCE_MIN = 0.25;

/** Flaws are looked for in all genres: these seeds are spread over them. */
const GENRE_PROMPTS = [
  'pop',
  'rock',
  'jazz',
  'blues',
  'classical music',
  'cinematic orchestral music',
  'ambient',
  'lo-fi',
  'hip-hop',
  'house',
  'techno',
  'drum and bass',
  'funk',
  'reggae',
  'latin',
  'folk',
  'country',
  'metal',
  'R&B',
];

interface Flawed {
  prompt: string;
  seed: number;
  flaws: Flaw[];
}

function printFlaws(name: string, flawed: readonly Flawed[], of: number): string[] {
  const kinds = new Map<string, number>();
  for (const { flaws } of flawed) for (const { kind } of flaws) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const counts = [...kinds].map(([kind, count]) => `${kind} ${count}`).join(', ');
  const first = flawed.slice(0, 6).map(({ prompt, seed, flaws }) => {
    const { kind, beat, what } = flaws[0]!;
    return `  ${prompt}, seed ${seed}: ${kind} at beat ${beat.toFixed(2)}: ${what}`;
  });
  return [`${name}: ${flawed.length} of ${of} with flaws${counts ? ` (${counts})` : ''}`, ...first];
}

/** Composes one prompt with many seeds, and every genre with some: no two alike, none with plain mistakes. */
export async function judgeSeeds(
  engineFolder: string,
  { count, seconds }: { count: number; seconds: number },
): Promise<Section> {
  const engine = await loadEngine(engineFolder);
  const flawsIn = (prompt: string, seed: number): Flawed => {
    return { prompt, seed, flaws: flawsOf(engine.compose({ prompt, seed, duration: seconds }), seconds) };
  };
  const prints = [];
  const flawed: Flawed[] = [];
  for (let seed = 0; seed < count; seed++) {
    const score = engine.compose({ prompt: PROMPT, seed, duration: seconds });
    prints.push(fingerprintOf(score));
    flawed.push({ prompt: PROMPT, seed, flaws: flawsOf(score, seconds) });
  }
  const others = GENRE_PROMPTS.flatMap((prompt) =>
    Array.from({ length: Math.ceil(count / 20) }, (_, seed) => flawsIn(prompt, seed)),
  );
  const whole = nearestPair(prints, distanceOf);
  const melody = nearestPair(prints, melodyDistanceOf);
  const bad = flawed.filter(({ flaws }) => flaws.length > 0);
  const otherBad = others.filter(({ flaws }) => flaws.length > 0);
  return {
    name: 'seeds',
    verdicts: [
      verdictOf('seeds of one prompt', count, { min: 1000 }),
      verdictOf('distance of the two most alike', whole.min, { min: DISTANCE_MIN }),
      verdictOf('distance of their melodies', melody.min, { min: DISTANCE_MIN }),
      verdictOf('seeds with flaws', bad.length, { max: 0 }),
      verdictOf('pieces of all genres with flaws', otherBad.length, { max: 0 }),
    ],
    lines: [
      `whole: nearest seeds ${whole.pair.join(' and ')}, median ${whole.median}`,
      `melody: nearest seeds ${melody.pair.join(' and ')}, median ${melody.median}`,
      ...printFlaws(PROMPT, bad, count),
      ...printFlaws('all genres', otherBad, others.length),
    ],
    data: { prompt: PROMPT, whole, melody, flawed: bad, flawedOfAllGenres: otherBad },
  };
}
