import { DRUM_CHANNEL, barBeatsOf } from '../crew/midi';
import type { MidiNote, MidiPiece } from '../crew/midi';
import { harmonyFeatures } from './harmony-features';

/** What a piece is like, in named numbers; the part of a name before the point is its group. */
export type Features = Record<string, number>;

const POSITIONS = 16;
const FAMILIES = [
  'piano',
  'mallets',
  'organ',
  'guitar',
  'bass',
  'strings',
  'ensemble',
  'brass',
  'reed',
  'pipe',
  'synth_lead',
  'synth_pad',
  'synth_effects',
  'world',
  'percussive',
  'effects',
];

const KICKS = new Set([35, 36]);
const SNARES = new Set([37, 38, 39, 40]);
const CYMBALS = new Set([42, 44, 46, 49, 51, 52, 53, 55, 57, 59]);

function drumVoice({ pitch }: MidiNote): string {
  if (KICKS.has(pitch)) return 'kick';
  if (SNARES.has(pitch)) return 'snare';
  return CYMBALS.has(pitch) ? 'cymbal' : 'other';
}

function drumFeatures(drums: readonly MidiNote[], bars: number, barBeats: number): Features {
  const features: Features = { 'drums.density': drums.length / bars };
  for (const voice of ['kick', 'snare', 'cymbal', 'other']) {
    for (let position = 0; position < POSITIONS; position++) features[`drums.${voice}_${position}`] = 0;
  }
  for (const note of drums) {
    const position = Math.round((note.beat % barBeats) * 4) % Math.min(POSITIONS, Math.round(barBeats * 4));
    features[`drums.${drumVoice(note)}_${position}`]! += 1 / bars;
  }
  return features;
}

/** Where in its beat (or half beat) what lies between two pulses begins: 0.5 is straight, 0.67 a triplet's last. */
function offBeat(notes: readonly MidiNote[], unit: number): number {
  const places = notes.map(({ beat }) => (beat / unit) % 1).filter((place) => place > 0.4 && place < 0.78);
  return places.length < 8 ? 0.5 : places.reduce((sum, place) => sum + place, 0) / places.length;
}

function instrumentFeatures(pitched: readonly MidiNote[]): Features {
  const features: Features = Object.fromEntries(FAMILIES.map((family) => [`instruments.${family}`, 0]));
  const all = pitched.reduce((sum, { beats }) => sum + beats, 0) || 1;
  for (const { program, beats } of pitched) features[`instruments.${FAMILIES[program >> 3]!}`]! += beats / all;
  // The sounds that stand for a genre within a family: distorted guitar, nylon strings, plucked and synthetic bass.
  const share = (programs: readonly number[]) =>
    pitched.reduce((sum, { program, beats }) => sum + (programs.includes(program) ? beats / all : 0), 0);
  features['instruments.distorted'] = share([29, 30]);
  features['instruments.acoustic_guitar'] = share([24, 25]);
  features['instruments.acoustic_bass'] = share([32]);
  features['instruments.synth_bass'] = share([38, 39]);
  features['instruments.electric_piano'] = share([4, 5]);
  return features;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

function textureFeatures(pitched: readonly MidiNote[], bars: number): Features {
  const pitches = pitched.map(({ pitch }) => pitch);
  return {
    'texture.notes_per_bar': pitched.length / bars,
    'texture.voices': new Set(pitched.map(({ channel }) => channel)).size,
    'texture.pitch_mean': mean(pitches),
    'texture.pitch_spread': spread(pitches),
    'texture.length_mean': mean(pitched.map(({ beats }) => Math.min(8, beats))),
    'texture.velocity_mean': mean(pitched.map(({ velocity }) => velocity)),
    'texture.velocity_spread': spread(pitched.map(({ velocity }) => velocity)),
  };
}

/** All features of a piece: of its MIDI file, and those of its sound that are given. */
export function featuresOf(piece: MidiPiece, sound: Features = {}): Features {
  const barBeats = barBeatsOf(piece);
  const drums = piece.notes.filter(({ channel }) => channel === DRUM_CHANNEL);
  const pitched = piece.notes.filter(({ channel }) => channel !== DRUM_CHANNEL);
  const end = Math.max(...piece.notes.map(({ beat, beats }) => beat + beats), barBeats);
  const bars = Math.max(1, Math.ceil(end / barBeats));
  return {
    'tempo.bpm': Math.log2(piece.bpm),
    'metre.bar_beats': barBeats,
    'swing.eighths': offBeat(piece.notes, 1),
    'swing.sixteenths': offBeat(piece.notes, 0.5),
    ...drumFeatures(drums, bars, barBeats),
    ...instrumentFeatures(pitched),
    ...harmonyFeatures(pitched, end, barBeats),
    ...textureFeatures(pitched, bars),
    ...sound,
  };
}
