import { INSTRUMENTS } from '../instruments';
import { GENRE_WORDS } from './genre-words';
import { ENSEMBLE_WORDS, FAMILY_WORDS, INSTRUMENT_WORDS } from './instrument-words';
import { MOODS } from './mood-words';
import { SCENES } from './scene-words';
import { METRE_WORDS, TEMPO_WORDS } from './tempo-words';
import { vocabulary } from './tokens';

/** What a word for instruments means: the ids to seat, and all the ids to leave out when it is negated. */
export interface InstrumentMeaning {
  players: string[];
  lacking: string[];
  isLineUp: boolean;
  /** The word leaves the choice among a family to the genre: "guitar", "bass", "synth". */
  isGeneral: boolean;
}

const GENERAL = new Set(['electric_guitar', 'electric_bass', 'saw_lead', 'warm_pad']);

function instrumentMeanings(): Map<string, InstrumentMeaning> {
  const families = vocabulary(Object.values(FAMILY_WORDS).map(({ words, families: names }) => [names, words] as const));
  const meanings = new Map<string, InstrumentMeaning>();
  const ids = [...INSTRUMENTS.keys()].filter((id) => id !== 'riser');
  for (const [phrase, id] of vocabulary(
    ids.map((id) => [id, `${id.replaceAll('_', ' ')}, ${INSTRUMENT_WORDS[id] ?? ''}`] as const),
  )) {
    const names = families.get(phrase) ?? [];
    const lacking = [...INSTRUMENTS.values()]
      .filter(({ family }) => names.includes(family))
      .map((instrument) => instrument.id);
    const isGeneral =
      GENERAL.has(id) && ['guitar', 'guitars', 'bass', 'synth', 'synths', 'pad', 'pads'].includes(phrase);
    meanings.set(phrase, { players: [id], lacking: [...new Set([id, ...lacking])], isLineUp: false, isGeneral });
  }
  for (const { words, players, isLineUp } of Object.values(ENSEMBLE_WORDS)) {
    for (const phrase of vocabulary([[players, words] as const]).keys()) {
      meanings.set(phrase, { players, lacking: players, isLineUp, isGeneral: false });
    }
  }
  for (const [phrase, names] of families) {
    if (meanings.has(phrase)) continue;
    const lacking = [...INSTRUMENTS.values()]
      .filter(({ family }) => names.includes(family))
      .map((instrument) => instrument.id);
    meanings.set(phrase, { players: [], lacking, isLineUp: false, isGeneral: true });
  }
  return meanings;
}

export const GENRES_BY_WORD = vocabulary(
  Object.entries(GENRE_WORDS).map(([id, words]) => [id, `${id.replaceAll('_', ' ')}, ${words}`] as const),
);
export const INSTRUMENTS_BY_WORD: ReadonlyMap<string, InstrumentMeaning> = instrumentMeanings();
export const MOODS_BY_WORD = vocabulary(
  Object.entries(MOODS).map(([id, mood]) => [id, `${id}, ${mood.words}`] as const),
);
export const TEMPOS_BY_WORD = vocabulary(TEMPO_WORDS.map((word) => [word, word.words] as const));
export const METRES_BY_WORD = vocabulary(
  Object.entries(METRE_WORDS).map(([metre, words]) => [metre as keyof typeof METRE_WORDS, words] as const),
);
export const SCENES_BY_WORD = vocabulary(Object.values(SCENES).map((scene) => [scene, scene.words] as const));
