import { openFlacEncoder } from './flac';
import { openMp3Encoder } from './mp3';
import { openOggEncoder } from './ogg';
import type { AudioTags } from './tags';
import { openWavEncoder } from './wav';

/** Formats that a piece can be had in. */
export type AudioFormat = 'wav' | 'flac' | 'mp3' | 'ogg';

/** What every encoder must know before the first sample: headers come first and hold the length. */
export interface AudioStream {
  sampleRate: number;
  /** Exact number of frames that will be written. */
  frames: number;
  tags: AudioTags;
}

/**
 * Writes a stereo stream to a file. Samples are multiples of 2⁻²³ within ±1 (`quantise`), so that what is encoded while
 * rendering and what is encoded later from the 24-bit master are the same bytes.
 */
export interface AudioEncoder {
  write(left: Float32Array, right: Float32Array): void;
  /** Completes the file. */
  end(): void;
  /** Gives up: releases what is held; the file is left incomplete. Does nothing after `end`. */
  abort(): void;
}

const OPENERS: Record<AudioFormat, (path: string, stream: AudioStream) => AudioEncoder | Promise<AudioEncoder>> = {
  wav: openWavEncoder,
  flac: openFlacEncoder,
  mp3: openMp3Encoder,
  ogg: openOggEncoder,
};

/** Opens the encoder of a format on a new file. */
export async function openEncoder(format: AudioFormat, path: string, stream: AudioStream): Promise<AudioEncoder> {
  return OPENERS[format](path, stream);
}
