import type { TimeSignature } from '../form/metre';
import type { BusMix, PartMix, Role } from '../score';

export type ModeName = 'major' | 'minor';

/** What happens in a section: decides harmony, groove, who plays and how loud. */
export type SectionKind =
  | 'intro'
  | 'verse'
  | 'prechorus'
  | 'chorus'
  | 'bridge'
  | 'solo'
  | 'breakdown'
  | 'build'
  | 'drop'
  | 'interlude'
  | 'outro';

/**
 * Progressions by kind of section. Bars are parted by "|", chords in a bar by spaces; numerals count from the major
 * scale on the tonic, so minor keys spell "bVI". A kind without its own takes the verse's (a drop: the chorus').
 */
export interface HarmonyBook {
  verse: string[];
  chorus: string[];
  prechorus?: string[];
  bridge?: string[];
  solo?: string[];
  intro?: string[];
  breakdown?: string[];
  /** Last bar of a section that leads on: leaves the question open. */
  half: string[];
  /** Last two bars before the final chord. */
  close: string[];
  /** The chord that everything comes home to. */
  final: string;
}

export type Lane =
  | 'kick'
  | 'snare'
  | 'rim'
  | 'clap'
  | 'hat'
  | 'pedal'
  | 'open'
  | 'ride'
  | 'bell'
  | 'brush'
  | 'tamb'
  | 'cowbell'
  | 'shaker'
  | 'cabasa'
  | 'congaHigh'
  | 'congaMute'
  | 'congaLow'
  | 'bongoHigh'
  | 'bongoLow'
  | 'claves'
  | 'triangle'
  | 'tomHigh'
  | 'tomMid'
  | 'tomLow'
  | 'crash'
  | 'splash';

/**
 * A groove on the grid of sixteenths, one or more bars of 16: "X" accent, "x" plain, "o" soft, "g" ghost, "." nothing.
 * A lane may start on another bar than its neighbours end: each repeats by its own length.
 */
export type Groove = Partial<Record<Lane, string>>;

export type FillStyle =
  'rock' | 'light' | 'brush' | 'electronic' | 'trap' | 'breaks' | 'latin' | 'orchestral' | 'reggae' | 'metal';

/** Grooves by energy. Sections choose among their level's; later sections may choose another. */
export interface DrumBook {
  /** General MIDI kit. */
  kit: number;
  calm: Groove[];
  main: Groove[];
  full: Groove[];
  /** In place of the others where the tempo leaves no time for them. */
  fast?: Groove[];
  /** Written in twelve steps, for bars of three and of six; without them one is made from the main groove's sounds. */
  triple?: Groove[];
  fills: FillStyle;
  /** How often a four-bar phrase ends with a fill, 0 to 1. */
  fillRate: number;
  crashes: boolean;
}

/**
 * Bass patterns on the grid: "R" root, "5" fifth above, "D" fifth below, "8" octave, "3", "7", "6" those tones, "A" a
 * semitone and "S" a scale step from the next root, "g" dead note, "-" silence, "." hold. Small "r" is softer.
 */
export interface BassBook {
  calm: string[];
  main: string[];
  full: string[];
  /** In place of the others where the tempo leaves no time for them. */
  fast?: string[];
  /** Twelve steps, for bars of three and six. */
  triple?: string[];
  /** Quarter-note lines through the chords instead of patterns, from the level on. */
  walking?: 'main' | 'full';
  register: readonly [number, number];
  /** How much of its written length a note sounds. */
  gate: number;
  /** Bends into some notes. */
  slides?: boolean;
}

export type VoicingStyle = 'closed' | 'open' | 'drop2' | 'shell' | 'power' | 'spread' | 'guitar';

/**
 * Chords in time: "X" "x" "o" chords by strength, held until the next sign, "s" a short one, "d" "u" strums, "m" a
 * muted scratch, digits single voices counted from below, "B" the root below, "F" the fifth below, "-" silence.
 */
export interface CompBook {
  voicing: VoicingStyle;
  voices: number;
  register: readonly [number, number];
  calm: string[];
  main: string[];
  full: string[];
  fast?: string[];
  triple?: string[];
  gate: number;
  /** Chords on the last eighth before a change already belong to it. */
  anticipates?: boolean;
  /** Single voices ring on until the chord changes. */
  rings?: boolean;
}

export type PadBook = { voices: number; register: readonly [number, number]; swell?: boolean; pulse?: boolean };

/** How tunes of a genre are made. */
export interface MelodyBook {
  scale: 'mode' | 'pentatonic' | 'blues' | 'dorian' | 'mixolydian' | 'harmonic';
  /** Half bars of 8 sixteenths: "x" starts a note, "." holds it, "-" rests. */
  cells: string[];
  /** Denser ones, for solos. */
  soloCells: string[];
  /** Chance that a step is a leap. */
  leaps: number;
  /** Share of half bars that stay empty, beyond the breath at phrase ends. */
  rest: number;
  gate: number;
  /** Semitones that the tune lies above the middle of the instrument's best range. */
  lift?: number;
}

/** Answers in the tune's rests, guide tones under it, glitter above it, or the tune itself a third higher. */
export type CounterStyle = 'answer' | 'guide' | 'sparkle' | 'twin';

interface SlotOf<R extends Role> {
  role: R;
  /** Instruments that may have it, the typical one first. */
  players: string[];
  /** Section energy from which it plays. */
  from?: number;
  /** Probability that the piece has it at all. */
  chance?: number;
  /** Kinds of sections that do without. */
  not?: SectionKind[];
  mix: PartMix;
}

/** A chair in the band. */
export type Slot =
  | SlotOf<'drums'>
  | (SlotOf<'percussion'> & { grooves: Groove[]; triple?: Groove[] })
  | (SlotOf<'bass'> & { bass: BassBook })
  | (SlotOf<'chords'> & { comp: CompBook })
  | (SlotOf<'pad'> & { pad: PadBook })
  | SlotOf<'lead'>
  | (SlotOf<'counter'> & { counter: CounterStyle })
  | SlotOf<'effects'>;

/** Sections by their letters: I V P C B S K U D T O as in `SECTION_LETTERS`. */
export interface FormBook {
  /** From the shortest to the longest. */
  songs: string[];
  /** What a long piece goes on with, in any order. */
  cycles: string[];
}

export interface FeelBook {
  /** Of an eighth off the beat, or of a sixteenth: 0 straight, 1 a triplet's. */
  swing: number;
  swingUnit: 8 | 16;
  /** Backbeats this late; negative is early. */
  laidBackMs: number;
  /** Spread of onsets. */
  looseMs: number;
  /** How much velocities follow phrases and chance: 0 a machine, 1 a chamber group. */
  dynamics: number;
}

/** Everything that makes a genre, in one file. */
export interface Genre {
  id: string;
  tempo: { min: number; max: number; typical: number };
  metre?: TimeSignature;
  keys: Record<ModeName, string[]>;
  /** Probability of a minor key. */
  minorShare: number;
  forms: FormBook;
  harmony: Record<ModeName, HarmonyBook>;
  drums?: DrumBook;
  band: Slot[];
  melody: MelodyBook;
  feel: FeelBook;
  ending: 'ring' | 'rit';
  bus: BusMix;
}
