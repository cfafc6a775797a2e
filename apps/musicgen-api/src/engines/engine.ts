/** What every engine is asked and what it answers. One folder per engine; `registry.ts` names them. */

import type { AudioFormat } from '../audio/encoder';

export type { AudioFormat };

/** One model of an engine, as `GET /v1/models` shows it. */
export interface ModelDescription {
  id: string;
  name: string;
  engine: string;
  /** Of the engine: changes whenever the same request would give other bytes. */
  version: string;
  description: string;
  available: boolean;
  unavailableReason?: string;
  maxDurationSeconds: number;
  sampleRate: number;
  channels: number;
  outputs: ('mix' | 'stems' | 'midi')[];
  /** Of what it makes: for weights their licence, for a sound bank the bank's. */
  licence: string;
  commercialUse: boolean;
  /** The same request and seed give the same bytes. */
  deterministic: boolean;
  /** Of the sound bank that it plays with, if it does with one. */
  bankSha256?: string;
  /** Seconds that a second of music is expected to take on one core; a render of ten times that is thought to hang. */
  pace: number;
}

/** A stretch of the audio while it is still made: MP3 that continues the piece before. */
export interface PreviewPiece {
  index: number;
  seconds: number;
  mp3: Uint8Array;
}

/** What every engine can do. */
export interface Engine {
  describe(): Promise<ModelDescription[]>;
  /** Loads what the first request would otherwise wait for. */
  warmUp?(): Promise<void>;
  /** Writes the artefacts into `folder`, which exists. Rejects when aborted or failed, and then leaves no file behind. */
  render(
    request: RenderRequest,
    folder: string,
    signal: AbortSignal,
    onProgress: (progress: RenderProgress) => void,
    /** Engines that can are heard before they have finished; others never call it. */
    onPreview?: (piece: PreviewPiece) => void,
  ): Promise<RenderResult>;
}

/** One request, complete: everything an engine needs, nothing it must look up. Durations are seconds. */
export interface RenderRequest {
  id: string;
  model: string;
  prompt: string;
  duration: number;
  /** 0 to 2^32 − 1. The same request and seed give the same bytes. */
  seed: number;
  tempo?: number;
  /** For example "A minor". */
  key?: string;
  timeSignature?: '3/4' | '4/4' | '6/8';
  genre?: string;
  mood?: string;
  instruments?: string[];
  exclude?: string[];
  structure?: { name: string; bars: number }[];
  /** 0 (calm) to 1 (full energy). */
  intensity?: number;
  formats: AudioFormat[];
  stems?: boolean;
  midi?: boolean;
  loop?: boolean;
  title?: string;
  /** Tempo, key, chords and form are those that this request has with that seed; melody and performance are new. */
  variationOf?: { seed: number };
  /** The request that made the piece which this one goes on with: in its tempo, key and idiom, on its ideas, without a new beginning. */
  extensionOf?: RenderRequest;
}

export type RenderStage = 'composing' | 'rendering' | 'encoding' | 'verifying';

export interface RenderProgress {
  stage: RenderStage;
  /** 0 to 1 over the whole job; never goes back. */
  fraction: number;
  section?: string;
  bar?: number;
  bars?: number;
}

/** What was understood of the prompt, and from where; what was not is in `ignored`. */
export interface Interpretation {
  tempo: Understood<number>;
  key: Understood<string>;
  timeSignature: Understood<string>;
  genre: Understood<string>;
  mood?: Understood<string>;
  instruments: Understood<string[]>;
  /** Words of the prompt that had no effect, as written. */
  ignored: string[];
}

export interface Understood<T> {
  value: T;
  from: 'prompt' | 'parameter' | 'genre' | 'seed';
}

/** One file of a result, written to the folder that `render` was given. */
export interface Artefact {
  /** "mix", or a stem's name. */
  name: string;
  kind: 'mix' | 'stem' | 'midi' | 'waveform';
  format: AudioFormat | 'mid' | 'json';
  /** File name inside the folder. */
  file: string;
  bytes: number;
  sha256: string;
}

export interface Analysis {
  /** Tempo, key and metre as composed; null where the engine does not compose a score. */
  tempo: number | null;
  key: string | null;
  timeSignature: string | null;
  sections: { name: string; startSeconds: number; bars: number; energy: number }[];
  /** Integrated loudness in LUFS, as measured on the master (ITU-R BS.1770-4). */
  loudness: number;
  /** True peak in dBTP, as measured on the master. */
  truePeak: number;
  durationSeconds: number;
}

export interface RenderResult {
  artefacts: Artefact[];
  /** Null where the model takes the prompt as it is, and tells nobody what it made of it. */
  interpretation: Interpretation | null;
  analysis: Analysis;
  engineVersion: string;
  /** Null where no sound bank is used. */
  bankSha256: string | null;
}
