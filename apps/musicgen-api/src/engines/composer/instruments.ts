/** How an instrument makes its sound: what decides its touch, its controllers and its slides. */
export type Touch =
  'key' | 'pluck' | 'strum' | 'bow' | 'blow' | 'brass' | 'synth' | 'voice' | 'mallet' | 'organ' | 'skin';

export type Family =
  'keys' | 'guitar' | 'bass' | 'strings' | 'woodwind' | 'brass' | 'synth' | 'voice' | 'mallet' | 'world' | 'drums';

/** What an instrument can be asked to do, best first. */
export type Duty = 'lead' | 'chords' | 'pad' | 'bass' | 'counter' | 'drums' | 'percussion';

/** One instrument: its General MIDI program, its range, and the part of it where a melody sounds best. */
export interface Instrument {
  id: string;
  program: number;
  range: readonly [number, number];
  melody: readonly [number, number];
  family: Family;
  touch: Touch;
  duties: readonly Duty[];
}

type Row = [
  id: string,
  program: number,
  low: number,
  high: number,
  sweetLow: number,
  sweetHigh: number,
  family: Family,
  touch: Touch,
  duties: string,
];

// prettier-ignore
const ROWS: Row[] = [
  ['piano', 0, 21, 108, 60, 86, 'keys', 'key', 'chords lead counter'],
  ['bright_piano', 1, 21, 108, 60, 86, 'keys', 'key', 'chords lead'],
  ['honky_tonk_piano', 3, 21, 108, 58, 84, 'keys', 'key', 'chords lead'],
  ['electric_piano', 4, 28, 100, 58, 84, 'keys', 'key', 'chords lead counter'],
  ['dx_piano', 5, 28, 100, 58, 84, 'keys', 'key', 'chords lead'],
  ['harpsichord', 6, 29, 89, 58, 84, 'keys', 'key', 'chords lead counter'],
  ['clavinet', 7, 36, 96, 55, 79, 'keys', 'key', 'chords lead'],
  ['celesta', 8, 60, 108, 67, 96, 'mallet', 'mallet', 'lead counter chords'],
  ['glockenspiel', 9, 72, 108, 74, 98, 'mallet', 'mallet', 'counter lead'],
  ['music_box', 10, 60, 96, 67, 91, 'mallet', 'mallet', 'lead counter chords'],
  ['vibraphone', 11, 53, 89, 60, 86, 'mallet', 'mallet', 'lead chords counter'],
  ['marimba', 12, 45, 96, 57, 84, 'mallet', 'mallet', 'lead chords counter'],
  ['xylophone', 13, 65, 103, 67, 93, 'mallet', 'mallet', 'lead counter'],
  ['tubular_bells', 14, 60, 77, 60, 77, 'mallet', 'mallet', 'counter lead'],
  ['dulcimer', 15, 50, 86, 60, 84, 'world', 'pluck', 'lead chords'],
  ['organ', 16, 36, 96, 58, 84, 'keys', 'organ', 'chords pad lead'],
  ['rock_organ', 18, 36, 96, 58, 84, 'keys', 'organ', 'chords pad lead'],
  ['church_organ', 19, 24, 96, 58, 84, 'keys', 'organ', 'pad chords lead'],
  ['accordion', 21, 53, 91, 60, 84, 'keys', 'blow', 'lead chords pad'],
  ['harmonica', 22, 60, 84, 62, 84, 'woodwind', 'blow', 'lead counter'],
  ['nylon_guitar', 24, 40, 84, 55, 79, 'guitar', 'strum', 'chords lead counter'],
  ['acoustic_guitar', 25, 40, 84, 55, 79, 'guitar', 'strum', 'chords lead counter'],
  ['jazz_guitar', 26, 40, 86, 55, 79, 'guitar', 'strum', 'chords lead counter'],
  ['electric_guitar', 27, 40, 86, 55, 81, 'guitar', 'strum', 'chords lead counter'],
  ['muted_guitar', 28, 40, 86, 52, 76, 'guitar', 'strum', 'chords counter lead'],
  ['overdriven_guitar', 29, 40, 88, 55, 83, 'guitar', 'strum', 'chords lead counter'],
  ['distorted_guitar', 30, 38, 88, 55, 84, 'guitar', 'strum', 'chords lead counter'],
  ['upright_bass', 32, 28, 67, 40, 60, 'bass', 'pluck', 'bass'],
  ['electric_bass', 33, 28, 67, 40, 60, 'bass', 'pluck', 'bass'],
  ['picked_bass', 34, 28, 67, 40, 60, 'bass', 'pluck', 'bass'],
  ['fretless_bass', 35, 28, 67, 40, 62, 'bass', 'pluck', 'bass'],
  ['slap_bass', 36, 28, 67, 40, 60, 'bass', 'pluck', 'bass'],
  ['synth_bass', 38, 24, 67, 36, 60, 'bass', 'synth', 'bass'],
  ['sub_bass', 39, 24, 60, 31, 52, 'bass', 'synth', 'bass'],
  ['violin', 40, 55, 100, 62, 90, 'strings', 'bow', 'lead counter pad'],
  ['viola', 41, 48, 88, 55, 79, 'strings', 'bow', 'counter lead pad'],
  ['cello', 42, 36, 76, 48, 72, 'strings', 'bow', 'lead bass counter pad'],
  ['double_bass', 43, 28, 60, 36, 55, 'strings', 'bow', 'bass'],
  ['tremolo_strings', 44, 36, 96, 55, 84, 'strings', 'bow', 'pad'],
  ['pizzicato_strings', 45, 36, 96, 55, 84, 'strings', 'pluck', 'chords counter lead'],
  ['harp', 46, 24, 103, 60, 91, 'strings', 'pluck', 'chords lead counter'],
  ['timpani', 47, 36, 57, 38, 55, 'drums', 'skin', 'percussion'],
  ['strings', 48, 36, 96, 60, 88, 'strings', 'bow', 'pad lead counter chords'],
  ['slow_strings', 49, 36, 96, 58, 84, 'strings', 'bow', 'pad lead'],
  ['synth_strings', 50, 36, 96, 58, 84, 'synth', 'synth', 'pad'],
  ['choir', 52, 48, 84, 58, 79, 'voice', 'voice', 'pad lead counter'],
  ['voice_oohs', 53, 48, 84, 58, 79, 'voice', 'voice', 'pad lead counter'],
  ['synth_voice', 54, 48, 84, 58, 79, 'voice', 'synth', 'pad lead'],
  ['trumpet', 56, 54, 86, 60, 82, 'brass', 'brass', 'lead counter'],
  ['trombone', 57, 40, 74, 50, 70, 'brass', 'brass', 'counter lead'],
  ['tuba', 58, 28, 60, 34, 55, 'brass', 'brass', 'bass'],
  ['muted_trumpet', 59, 54, 84, 60, 82, 'brass', 'brass', 'lead counter'],
  ['french_horn', 60, 41, 77, 53, 74, 'brass', 'brass', 'counter lead pad'],
  ['brass', 61, 36, 90, 55, 79, 'brass', 'brass', 'chords counter pad lead'],
  ['synth_brass', 62, 36, 96, 55, 82, 'synth', 'synth', 'chords pad lead'],
  ['soprano_sax', 64, 56, 88, 62, 84, 'woodwind', 'blow', 'lead counter'],
  ['alto_sax', 65, 49, 81, 56, 80, 'woodwind', 'blow', 'lead counter'],
  ['saxophone', 66, 44, 76, 52, 75, 'woodwind', 'blow', 'lead counter'],
  ['baritone_sax', 67, 36, 69, 46, 67, 'woodwind', 'blow', 'lead bass counter'],
  ['oboe', 68, 58, 91, 62, 84, 'woodwind', 'blow', 'lead counter'],
  ['english_horn', 69, 52, 81, 57, 79, 'woodwind', 'blow', 'lead counter'],
  ['bassoon', 70, 34, 75, 46, 69, 'woodwind', 'blow', 'bass counter lead'],
  ['clarinet', 71, 50, 91, 58, 82, 'woodwind', 'blow', 'lead counter'],
  ['piccolo', 72, 74, 108, 76, 100, 'woodwind', 'blow', 'counter lead'],
  ['flute', 73, 60, 96, 67, 91, 'woodwind', 'blow', 'lead counter'],
  ['recorder', 74, 60, 93, 67, 88, 'woodwind', 'blow', 'lead counter'],
  ['pan_flute', 75, 60, 96, 64, 88, 'woodwind', 'blow', 'lead counter'],
  ['shakuhachi', 77, 55, 84, 60, 82, 'woodwind', 'blow', 'lead counter'],
  ['whistle', 78, 60, 96, 67, 91, 'woodwind', 'blow', 'lead counter'],
  ['ocarina', 79, 60, 84, 64, 84, 'woodwind', 'blow', 'lead counter'],
  ['square_lead', 80, 36, 96, 60, 86, 'synth', 'synth', 'lead counter chords'],
  ['saw_lead', 81, 36, 96, 58, 84, 'synth', 'synth', 'lead counter chords'],
  ['soft_lead', 82, 36, 96, 60, 86, 'synth', 'synth', 'lead counter'],
  ['warm_pad', 89, 36, 96, 58, 84, 'synth', 'synth', 'pad'],
  ['new_age_pad', 88, 36, 96, 58, 84, 'synth', 'synth', 'pad'],
  ['poly_synth', 90, 36, 96, 58, 84, 'synth', 'synth', 'chords pad lead'],
  ['choir_pad', 91, 36, 96, 58, 84, 'synth', 'synth', 'pad'],
  ['bowed_pad', 92, 36, 96, 58, 84, 'synth', 'synth', 'pad'],
  ['halo_pad', 94, 36, 96, 58, 84, 'synth', 'synth', 'pad'],
  ['sweep_pad', 95, 36, 96, 58, 84, 'synth', 'synth', 'pad'],
  ['crystal', 98, 48, 96, 60, 91, 'synth', 'mallet', 'counter chords lead'],
  ['atmosphere', 99, 36, 96, 58, 84, 'synth', 'synth', 'pad chords'],
  ['sitar', 104, 48, 84, 53, 77, 'world', 'pluck', 'lead counter'],
  ['banjo', 105, 48, 86, 55, 81, 'guitar', 'pluck', 'chords lead counter'],
  ['shamisen', 106, 50, 86, 57, 81, 'world', 'pluck', 'lead counter'],
  ['koto', 107, 48, 91, 57, 84, 'world', 'pluck', 'lead chords counter'],
  ['kalimba', 108, 53, 89, 60, 86, 'mallet', 'mallet', 'lead counter chords'],
  ['bagpipes', 109, 55, 79, 57, 79, 'world', 'blow', 'lead'],
  ['fiddle', 110, 55, 96, 62, 86, 'strings', 'bow', 'lead counter'],
  ['steel_drums', 114, 52, 88, 60, 84, 'mallet', 'mallet', 'lead counter chords'],
  ['taiko', 116, 36, 60, 38, 55, 'drums', 'skin', 'percussion'],
  ['riser', 119, 36, 84, 48, 72, 'drums', 'synth', ''],
  ['drums', 0, 27, 87, 36, 60, 'drums', 'skin', 'drums'],
  ['percussion', 0, 27, 87, 36, 60, 'drums', 'skin', 'percussion'],
];

/** Every instrument by its id. */
export const INSTRUMENTS: ReadonlyMap<string, Instrument> = new Map(
  ROWS.map(([id, program, low, high, sweetLow, sweetHigh, family, touch, duties]) => [
    id,
    {
      id,
      program,
      range: [low, high] as const,
      melody: [sweetLow, sweetHigh] as const,
      family,
      touch,
      duties: duties.split(' ').filter((duty) => duty !== '') as Duty[],
    },
  ]),
);

/** The ids a request may name. */
export const INSTRUMENT_IDS: readonly string[] = [...INSTRUMENTS.keys()].filter((id) => id !== 'riser');

/** An instrument that is known to exist: genres name them in their data. */
export function getInstrument(id: string): Instrument {
  const instrument = INSTRUMENTS.get(id);
  if (!instrument) throw new Error(`There is no instrument ${id}`);
  return instrument;
}
