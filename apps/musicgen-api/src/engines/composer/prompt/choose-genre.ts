import type { RenderRequest, Understood } from '../../engine';
import type { Streams } from '../random';
import type { Mood } from './mood-words';
import type { Reading } from './read-prompt';
import { tokensOf } from './tokens';
import { GENRES_BY_WORD } from './vocabularies';

/** Genres that an instrument suggests when no genre is named. */
const BY_INSTRUMENT: Record<string, string[]> = {
  piano: ['classical', 'pop', 'ambient'],
  harpsichord: ['classical'],
  electric_piano: ['rnb', 'lofi'],
  organ: ['funk', 'rnb'],
  church_organ: ['classical'],
  accordion: ['folk', 'latin'],
  harmonica: ['blues', 'country'],
  nylon_guitar: ['latin', 'folk'],
  acoustic_guitar: ['folk', 'country'],
  jazz_guitar: ['jazz'],
  electric_guitar: ['rock', 'pop'],
  overdriven_guitar: ['rock', 'blues'],
  distorted_guitar: ['metal', 'rock'],
  upright_bass: ['jazz'],
  slap_bass: ['funk'],
  synth_bass: ['house', 'techno'],
  sub_bass: ['hiphop'],
  violin: ['classical', 'orchestral'],
  viola: ['classical'],
  cello: ['classical', 'orchestral'],
  strings: ['orchestral', 'classical'],
  harp: ['ambient', 'classical', 'folk'],
  choir: ['orchestral'],
  trumpet: ['jazz'],
  muted_trumpet: ['jazz'],
  french_horn: ['orchestral'],
  brass: ['funk', 'orchestral'],
  saxophone: ['jazz'],
  alto_sax: ['jazz'],
  vibraphone: ['jazz'],
  flute: ['classical', 'folk'],
  whistle: ['folk'],
  banjo: ['country'],
  fiddle: ['country', 'folk'],
  sitar: ['ambient'],
  saw_lead: ['house', 'techno'],
  warm_pad: ['ambient'],
  taiko: ['orchestral'],
  timpani: ['orchestral'],
  steel_drums: ['reggae'],
  music_box: ['classical', 'ambient'],
  celesta: ['classical', 'orchestral'],
  kalimba: ['folk', 'lofi', 'ambient'],
  marimba: ['latin', 'folk'],
  dulcimer: ['folk', 'ambient'],
  koto: ['ambient', 'folk'],
  shakuhachi: ['ambient'],
  shamisen: ['folk'],
  pan_flute: ['folk', 'ambient'],
  recorder: ['folk', 'classical'],
  bagpipes: ['folk'],
  clarinet: ['jazz', 'classical'],
  oboe: ['classical'],
  bassoon: ['classical'],
  trombone: ['jazz', 'funk'],
  tuba: ['folk', 'orchestral'],
  square_lead: ['techno', 'pop'],
  bowed_pad: ['ambient'],
  percussion: ['latin', 'folk'],
};

/** Genres that dance in three. */
const WALTZING = ['classical', 'folk', 'jazz', 'country'];

/** Those that suit, if any of them do. */
function preferring(genres: readonly string[], suits: readonly string[]): string[] {
  const suited = genres.filter((id) => suits.includes(id));
  return suited.length > 0 ? suited : [...genres];
}

/** When nothing else is said: what suits the mood. */
function byMood(moods: readonly Mood[]): string[] {
  if (moods.length === 0) return ['pop', 'lofi', 'folk', 'funk', 'orchestral'];
  const energy = moods.reduce((sum, mood) => sum + mood.energy, 0) / moods.length;
  const isDark = moods.some((mood) => mood.brightness <= -0.3);
  if (energy > 0.2) return isDark ? ['orchestral', 'rock'] : ['pop', 'rock', 'house', 'funk'];
  if (energy < -0.15) return isDark ? ['ambient', 'orchestral', 'classical'] : ['ambient', 'lofi', 'folk'];
  return isDark ? ['orchestral', 'ambient'] : ['pop', 'folk', 'rnb'];
}

/** The id of a genre by any of its names; nothing for a name that is none. */
export function genreNamed(name: string): string | undefined {
  const phrase = tokensOf(name)
    .map((token) => token.text)
    .join(' ');
  return GENRES_BY_WORD.get(phrase);
}

/** The genre: of the parameter, of the prompt's words, or what its scene, instruments, metre and mood suggest. */
export function chooseGenre(
  request: RenderRequest,
  reading: Reading,
  moods: readonly Mood[],
  streams: Streams,
): Understood<string> {
  const asked = request.genre === undefined ? undefined : genreNamed(request.genre);
  if (asked) return { value: asked, from: 'parameter' };
  if (reading.genre) return { value: reading.genre, from: 'prompt' };
  if (reading.sceneGenre) return { value: reading.sceneGenre, from: 'prompt' };
  const random = streams('genre');
  const hints = reading.instruments.flatMap((id) => BY_INSTRUMENT[id] ?? []);
  const isWaltz = reading.timeSignature === '3/4';
  const danced = isWaltz ? preferring(hints.length > 0 ? hints : WALTZING, WALTZING) : hints;
  const known = byMood(moods);
  if (danced.length > 0) {
    const fitting = moods.length > 0 ? preferring(danced, known) : danced;
    return { value: random.pickEarly(fitting), from: 'prompt' };
  }
  return { value: random.pick(known), from: moods.length > 0 ? 'prompt' : 'seed' };
}
