import type { AskedPrompt } from './asked';
import { chanceOf, pick } from './chance';

interface Wording {
  names: string[];
  /** What is usual of it, widened: a listener may ask for somewhat more. */
  bpm: [number, number];
  minorShare: number;
  metres?: AskedPrompt['metre'][];
}

const GENRES: Record<string, Wording> = {
  pop: { names: ['pop', 'pop song', 'indie pop'], bpm: [84, 136], minorShare: 0.4 },
  rock: { names: ['rock', 'hard rock', 'classic rock'], bpm: [96, 172], minorShare: 0.5 },
  jazz: { names: ['jazz', 'swing jazz', 'jazz quartet'], bpm: [90, 220], minorShare: 0.4, metres: ['3/4', '4/4'] },
  blues: { names: ['blues', 'Chicago blues', 'blues with harmonica'], bpm: [66, 138], minorShare: 0.3 },
  classical: {
    names: ['classical music', 'chamber music', 'piano sonata'],
    bpm: [60, 150],
    minorShare: 0.4,
    metres: ['3/4', '4/4', '6/8'],
  },
  orchestral: {
    names: ['orchestral film music', 'cinematic score', 'epic orchestral piece'],
    bpm: [70, 150],
    minorShare: 0.6,
    metres: ['3/4', '4/4', '6/8'],
  },
  ambient: { names: ['ambient', 'ambient soundscape', 'ambient meditation'], bpm: [56, 94], minorShare: 0.5 },
  lofi: { names: ['lo-fi', 'lofi hip hop', 'chillhop'], bpm: [66, 94], minorShare: 0.5 },
  hiphop: { names: ['hip-hop', 'trap', 'rap beat'], bpm: [80, 160], minorShare: 0.9 },
  house: { names: ['house', 'deep house', 'piano house'], bpm: [114, 132], minorShare: 0.6 },
  techno: { names: ['techno', 'Detroit techno', 'warehouse techno'], bpm: [120, 145], minorShare: 0.9 },
  drum_and_bass: { names: ['drum and bass', 'liquid dnb', 'jungle'], bpm: [160, 182], minorShare: 0.8 },
  funk: { names: ['funk', 'funk with horns', 'groovy funk'], bpm: [90, 126], minorShare: 0.5 },
  reggae: { names: ['reggae', 'roots reggae', 'rocksteady'], bpm: [64, 94], minorShare: 0.4 },
  latin: { names: ['bossa nova', 'salsa', 'latin jazz', 'rumba'], bpm: [100, 180], minorShare: 0.5 },
  folk: {
    names: ['folk', 'acoustic folk', 'Irish folk'],
    bpm: [76, 132],
    minorShare: 0.35,
    metres: ['3/4', '4/4', '6/8'],
  },
  country: { names: ['country', 'bluegrass', 'honky tonk'], bpm: [86, 170], minorShare: 0.15, metres: ['3/4', '4/4'] },
  metal: { names: ['metal', 'heavy metal', 'thrash metal'], bpm: [100, 200], minorShare: 0.95 },
  rnb: {
    names: ['R&B', 'neo soul', 'contemporary R&B'],
    bpm: [62, 108],
    minorShare: 0.5,
    metres: ['4/4', '4/4', '6/8'],
  },
};

const COMMON: AskedPrompt['metre'][] = ['4/4'];
const MAJOR_TONICS = ['C', 'Db', 'D', 'Eb', 'E', 'F', 'G', 'Ab', 'A', 'Bb', 'B'];
const MINOR_TONICS = ['C', 'C#', 'D', 'Eb', 'E', 'F', 'F#', 'G', 'G#', 'A', 'Bb', 'B'];
const MOODS = ['', 'happy ', 'sad ', 'energetic ', 'calm ', 'dark ', 'romantic ', 'uplifting ', 'mysterious '];
const ADDITIONS = ['', ' with piano', ' with strings', ' with guitar', ' without vocals', ' with a flute solo'];
const METRE_WORDS = { '4/4': '', '3/4': ', in 3/4', '6/8': ', in 6/8' };

type Template = (what: string, bpm: number, key: string) => string;

const TEMPLATES: Template[] = [
  (what, bpm, key) => `${what} at ${bpm} bpm in ${key}`,
  (what, bpm, key) => `${what}, ${key}, ${bpm} BPM`,
  (what, bpm, key) => `I would like ${what} in the key of ${key}, tempo ${bpm}`,
  (what, bpm, key) => `${bpm}bpm ${what} (${key})`,
  (what, bpm, key) => `Please write ${what}. Tempo: ${bpm} bpm. Key: ${key}.`,
];

/** Random combinations, all genres in turn: whoever knows the fixed list does not know these. */
export function heldOutPrompts(count: number, seed: number): AskedPrompt[] {
  const chance = chanceOf(seed);
  const genres = Object.entries(GENRES);
  return Array.from({ length: count }, (_, i) => {
    const [genre, { names, bpm: range, minorShare, metres = COMMON }] = genres[i % genres.length]!;
    const isMinor = chance() < minorShare;
    const key = isMinor ? `${pick(MINOR_TONICS, chance)} minor` : `${pick(MAJOR_TONICS, chance)} major`;
    const bpm = Math.round(range[0] + chance() * (range[1] - range[0]));
    const metre = pick(metres, chance);
    const what = `${pick(MOODS, chance)}${pick(names, chance)}${pick(ADDITIONS, chance)}`;
    return { genre, prompt: `${pick(TEMPLATES, chance)(what, bpm, key)}${METRE_WORDS[metre]}`, bpm, key, metre };
  });
}
