import type * as Flac from 'libflacjs/dist';
import type { AudioEncoder, AudioStream } from './encoder';
import { FileSink } from './file-sink';
import { interleave } from './sample-format';
import { vorbisCommentBlock } from './tags';

const LEVEL = 5;
const BITS = 24;
const CHANNELS = 2;
const STREAMINFO_BYTES = 34;
const MAGIC = Buffer.from('fLaC');

let loading: Promise<typeof Flac> | undefined;

/** libflacjs fetches its wasm by path where a global `fetch` exists, which Node refuses; without one it reads the file. */
function loadFlac(): Promise<typeof Flac> {
  loading ??= new Promise((resolve) => {
    const { fetch } = globalThis;
    Object.assign(globalThis, { fetch: undefined });
    try {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- must run while `fetch` is hidden.
      const flac = require('libflacjs/dist/libflac.min.wasm.js') as typeof Flac;
      if (flac.isReady()) resolve(flac);
      else flac.on('ready', () => resolve(flac));
    } finally {
      Object.assign(globalThis, { fetch });
    }
  });
  return loading;
}

function metadataBlock(type: number, isLast: boolean, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  head[0] = type | (isLast ? 0x80 : 0);
  return Buffer.concat([head, body]);
}

/** STREAMINFO as the encoder knows it at the end: it leaves sizes and MD5 empty in the stream itself. */
function complete(info: Buffer, known: Flac.StreamMetadata): Buffer {
  info.writeUIntBE(known.min_framesize, 4, 3);
  info.writeUIntBE(known.max_framesize, 7, 3);
  info.write(known.md5sum, 18, 'hex');
  return info;
}

/** 24-bit FLAC, level 5, with metadata blocks of our own (RFC 9639, section 8). */
export async function openFlacEncoder(path: string, { sampleRate, frames, tags }: AudioStream): Promise<AudioEncoder> {
  const flac = await loadFlac();
  const encoder = flac.create_libflac_encoder(sampleRate, CHANNELS, BITS, LEVEL, frames, false, 0);
  const sink = new FileSink(path);
  let info: Buffer = Buffer.alloc(0);
  let isOpen = true;
  const onBytes = (bytes: Uint8Array, _count: number, samples: number) => {
    if (samples > 0) sink.write(bytes);
    else if (info.length === 0 && bytes.length === 4 + STREAMINFO_BYTES) info = Buffer.from(bytes.slice(4));
  };
  const status = flac.init_encoder_stream(encoder, onBytes, (known) => {
    if (known) info = complete(info, known);
  });
  if (status !== 0) throw new Error(`FLAC encoder did not start (status ${status})`);
  const comments = vorbisCommentBlock('reference libFLAC', tags);
  sink.write(Buffer.concat([MAGIC, metadataBlock(0, false, info), metadataBlock(4, true, comments)]));
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    flac.FLAC__stream_encoder_finish(encoder);
    flac.FLAC__stream_encoder_delete(encoder);
    sink.patch(MAGIC.length + 4, info);
    sink.close();
  };
  return {
    write(left, right) {
      if (flac.FLAC__stream_encoder_process_interleaved(encoder, interleave(left, right), left.length)) return;
      throw new Error(`FLAC encoder failed (state ${flac.FLAC__stream_encoder_get_state(encoder)})`);
    },
    end: close,
    abort: close,
  };
}
