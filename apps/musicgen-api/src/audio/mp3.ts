import type { AudioEncoder, AudioStream } from './encoder';
import { FileSink } from './file-sink';
import { id3Tag } from './id3';
import { infoFrame } from './mp3-info';
import { mp3Encoders } from './wasm-encoders';

/** Constant, in kbit/s: the library's variable rate writes no header, and players then guess a wrong length. */
const BITRATE = 192;
/** LAME's preset for this rate lowers its input by 3 %, a quarter of a decibel that the loudness law has no room for. */
const PRESET_SCALE = 0.97;

/** MP3 at 192 kbit/s with an ID3 tag, and a LAME header that lets players cut the codec's own silence off. */
export async function openMp3Encoder(path: string, { sampleRate, frames, tags }: AudioStream): Promise<AudioEncoder> {
  const encoder = await mp3Encoders.take();
  encoder.configure({ channels: 2, sampleRate, bitrate: BITRATE, outputSampleRate: 44100 });
  const sink = new FileSink(path);
  const stream = { bitrate: BITRATE, frames };
  sink.write(id3Tag(tags, (1000 * frames) / sampleRate));
  const infoAt = sink.bytes;
  sink.write(infoFrame(stream, 0));
  const audioAt = sink.bytes;
  const [unscaledLeft, unscaledRight] = [unscaler(), unscaler()];
  return {
    write: (left, right) => sink.write(encoder.encode([unscaledLeft(left), unscaledRight(right)])),
    end() {
      sink.write(encoder.finalize());
      sink.patch(infoAt, infoFrame(stream, sink.bytes - audioAt));
      sink.close();
      mp3Encoders.giveBack(encoder);
    },
    abort: () => sink.close(),
  };
}

/** Undoes LAME's scale, in one buffer that is used again: megabytes a second would keep the garbage collector busy. */
function unscaler(): (samples: Float32Array) => Float32Array {
  let buffer = new Float32Array(0);
  return (samples) => {
    const { length } = samples;
    if (buffer.length < length) buffer = new Float32Array(length);
    for (let i = 0; i < length; i++) buffer[i] = samples[i]! / PRESET_SCALE;
    return buffer.subarray(0, length);
  };
}
