import type { AudioEncoder, AudioStream } from './encoder';
import { FileSink } from './file-sink';
import { readPage, writeHeaderPage } from './ogg-pages';
import { Rechunker } from './rechunk';
import { vorbisCommentBlock } from './tags';
import type { AudioTags } from './tags';
import { oggEncoders } from './wasm-encoders';

const QUALITY = 5;
const PIECE_FRAMES = 8192;
/** Any fixed number: the same piece must give the same bytes, and one stream stands alone in its file. */
const SERIAL = 0x6d67656e;
const COMMENT_MAGIC = Buffer.from('\x03vorbis', 'latin1');
const FRAMING_BIT = Buffer.from([1]);

/**
 * The library cannot write comments. Its second page holds the (empty) comment packet and the setup packet (Vorbis I,
 * section A.2): that page is written anew, and as it stays one page, all that follow keep their numbers.
 * Null while the two header pages are not complete.
 */
function withComments(head: Buffer, tags: AudioTags): Buffer | null {
  const first = readPage(head, 0);
  const second = first && readPage(head, first.end);
  if (!first || !second) return null;
  const [comment, setup] = second.packets;
  if (!comment || !setup || second.packets.length !== 2) throw new Error('Vorbis headers are not on the second page');
  const vendorBytes = comment.readUInt32LE(COMMENT_MAGIC.length);
  const vendor = comment.toString('utf8', COMMENT_MAGIC.length + 4, COMMENT_MAGIC.length + 4 + vendorBytes);
  const tagged = Buffer.concat([COMMENT_MAGIC, vorbisCommentBlock(vendor, tags), FRAMING_BIT]);
  const page = writeHeaderPage({ ...second, packets: [tagged, setup] });
  return Buffer.concat([head.subarray(0, first.end), page, head.subarray(second.end)]);
}

/** Ogg Vorbis, quality 5. */
export async function openOggEncoder(path: string, { sampleRate, tags }: AudioStream): Promise<AudioEncoder> {
  const encoder = await oggEncoders.take();
  encoder.configure({ channels: 2, sampleRate, vbrQuality: QUALITY, oggSerialNo: SERIAL });
  const sink = new FileSink(path);
  let head: Buffer | undefined = Buffer.alloc(0);
  const write = (bytes: Uint8Array) => {
    if (!head) return sink.write(bytes);
    head = Buffer.concat([head, bytes]);
    const tagged = withComments(head, tags);
    if (!tagged) return;
    sink.write(tagged);
    head = undefined;
  };
  const pieces = new Rechunker(PIECE_FRAMES, (left, right) => write(encoder.encode([left, right])));
  return {
    write: (left, right) => pieces.write(left, right),
    end() {
      pieces.flush();
      write(encoder.finalize());
      sink.close();
      oggEncoders.giveBack(encoder);
    },
    abort: () => sink.close(),
  };
}
