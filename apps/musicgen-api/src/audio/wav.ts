import type { AudioEncoder, AudioStream } from './encoder';
import { FileSink } from './file-sink';
import { packed24 } from './sample-format';
import { provenance } from './tags';
import type { AudioTags } from './tags';

const CHANNELS = 2;
const BYTES = 3;

function chunk(id: string, body: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

/** LIST INFO: software and players read these four; provenance without a field of its own goes into the comment. */
function info(tags: AudioTags): Buffer {
  const text = (id: string, value: string) => chunk(id, Buffer.from(`${value}\0`, 'utf8'));
  return chunk(
    'LIST',
    Buffer.concat([
      Buffer.from('INFO'),
      text('INAM', tags.title),
      text('ISFT', tags.generator),
      ...(tags.genre ? [text('IGNR', tags.genre)] : []),
      text(
        'ICMT',
        provenance(tags)
          .map(([name, value]) => `${name}=${value}`)
          .join('; '),
      ),
    ]),
  );
}

/** PCM format chunk of 24-bit stereo (Microsoft, "Multiple channel audio data and WAVE files": the plain form suffices). */
function format(sampleRate: number): Buffer {
  const body = Buffer.alloc(16);
  body.writeUInt16LE(1, 0);
  body.writeUInt16LE(CHANNELS, 2);
  body.writeUInt32LE(sampleRate, 4);
  body.writeUInt32LE(sampleRate * CHANNELS * BYTES, 8);
  body.writeUInt16LE(CHANNELS * BYTES, 12);
  body.writeUInt16LE(BYTES * 8, 14);
  return chunk('fmt ', body);
}

/** 24-bit WAV. The length is known, so the header is right from the first byte on. */
export function openWavEncoder(path: string, { sampleRate, frames, tags }: AudioStream): AudioEncoder {
  const sink = new FileSink(path);
  const dataBytes = frames * CHANNELS * BYTES;
  const chunks = Buffer.concat([Buffer.from('WAVE'), format(sampleRate), info(tags)]);
  const head = Buffer.alloc(8);
  head.write('RIFF', 'latin1');
  head.writeUInt32LE(chunks.length + 8 + dataBytes, 4);
  const data = Buffer.alloc(8);
  data.write('data', 'latin1');
  data.writeUInt32LE(dataBytes, 4);
  sink.write(Buffer.concat([head, chunks, data]));
  let packed = Buffer.alloc(0);
  return {
    write(left, right) {
      const bytes = left.length * CHANNELS * BYTES;
      if (packed.length < bytes) packed = Buffer.allocUnsafe(bytes);
      sink.write(packed24(left, right, packed.subarray(0, bytes)));
    },
    end: () => sink.close(),
    abort: () => sink.close(),
  };
}
