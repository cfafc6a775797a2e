/**
 * A score: the whole piece in symbols. `compose` makes it, the MIDI writer and the renderer read it.
 * Beats are quarter notes from the start of the piece; pitches are MIDI numbers; gains are decibels.
 */
export interface Score {
  title: string;
  genre: string;
  seed: number;
  /** Exact length in seconds; the last sound ends (or fades) by then. */
  durationSeconds: number;
  /** The end leads into the start, without a gap. */
  loop: boolean;
  key: { tonic: string; mode: 'major' | 'minor' };
  timeSignature: { numerator: number; denominator: number };
  /** First entry at beat 0; sorted. */
  tempoMap: { beat: number; bpm: number }[];
  sections: Section[];
  chords: ChordSpan[];
  parts: Part[];
  mix: BusMix;
}

export interface Section {
  name: string;
  startBeat: number;
  bars: number;
  /** 0 to 1. */
  energy: number;
}

export interface ChordSpan {
  beat: number;
  beats: number;
  /** As a lead sheet writes it: "Am7". */
  symbol: string;
  /** Pitch classes 0 to 11, root first. */
  tones: number[];
}

export type Role = 'drums' | 'percussion' | 'bass' | 'chords' | 'pad' | 'lead' | 'counter' | 'effects';

/** One player: one MIDI channel, one stem. */
export interface Part {
  /** Unique, lowercase: "drums", "bass", "electric_piano". */
  name: string;
  role: Role;
  /** MIDI channel 0 to 15; drums are 9. */
  channel: number;
  /** General MIDI program 0 to 127 (for drums: the kit). */
  program: number;
  notes: Note[];
  controls: Control[];
  mix: PartMix;
}

export interface Note {
  beat: number;
  beats: number;
  pitch: number;
  /** 1 to 127. */
  velocity: number;
}

/** A controller change, or a pitch bend in −8192 to 8191. */
export interface Control {
  beat: number;
  controller: number | 'bend';
  value: number;
}

export interface PartMix {
  /** Loudness relative to the other parts. */
  gainDb: number;
  /** −1 (left) to 1 (right). */
  pan: number;
  /** 0 to 1, sends. */
  reverb: number;
  chorus: number;
  lowCutHz?: number;
  /** Peaking or shelving filters, in order. */
  eq?: { type: 'low_shelf' | 'peak' | 'high_shelf'; hz: number; gainDb: number; q?: number }[];
}

/** What the genre does to the sum: tone and glue before the limiter. */
export interface BusMix {
  compressor: { thresholdDb: number; ratio: number; attackMs: number; releaseMs: number };
  eq: { type: 'low_shelf' | 'peak' | 'high_shelf'; hz: number; gainDb: number; q?: number }[];
  /** 0 to 1: soft saturation. */
  drive: number;
  /** Stereo width: 1 leaves it. */
  width: number;
}
