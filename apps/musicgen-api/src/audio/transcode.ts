import { setImmediate as nextTick } from 'node:timers/promises';
import { openEncoder } from './encoder';
import type { AudioFormat } from './encoder';
import type { AudioTags } from './tags';
import { WavReader } from './wav-reader';

/** A multiple of the FLAC block; small enough to keep a job cancellable. */
const CHUNK_FRAMES = 16384;

/** Encodes a 24-bit WAV master into another format: the same bytes as if it had been asked for at first. */
export async function transcodeWav(
  master: string,
  target: { path: string; format: AudioFormat; tags: AudioTags },
  signal?: AbortSignal,
): Promise<void> {
  const reader = new WavReader(master);
  try {
    const { sampleRate, frames } = reader.layout;
    const encoder = await openEncoder(target.format, target.path, { sampleRate, frames, tags: target.tags });
    try {
      for (let piece = reader.read(CHUNK_FRAMES); piece; piece = reader.read(CHUNK_FRAMES)) {
        encoder.write(...piece);
        await nextTick(undefined, { signal });
      }
      encoder.end();
    } catch (error) {
      encoder.abort();
      throw error;
    }
  } finally {
    reader.close();
  }
}
