import { provenance } from './tags';
import type { AudioTags } from './tags';

/** Version 2.3 with UTF-16 text: every player since 1999 reads it, which is not true of 2.4. */
function utf16(text: string): Buffer {
  return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
}

function frame(id: string, body: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head.write(id, 'latin1');
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

const UTF16 = Buffer.from([1]);
const END = Buffer.alloc(2);

/** An ID3v2.3 tag (id3.org, "ID3 tag version 2.3.0") with title, genre, software and the provenance as TXXX frames. */
export function id3Tag(tags: AudioTags, durationMs: number): Buffer {
  const text = (id: string, value: string) => frame(id, Buffer.concat([UTF16, utf16(value)]));
  const frames = Buffer.concat([
    text('TIT2', tags.title),
    ...(tags.genre ? [text('TCON', tags.genre)] : []),
    text('TSSE', tags.generator),
    text('TLEN', String(Math.round(durationMs))),
    ...provenance(tags).map(([name, value]) => frame('TXXX', Buffer.concat([UTF16, utf16(name), END, utf16(value)]))),
  ]);
  const head = Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, 0, 0, 0, 0]);
  // The size is "synchsafe": seven bits a byte, so that it never looks like the start of an audio frame.
  for (let i = 0; i < 4; i++) head[9 - i] = (frames.length >> (7 * i)) & 0x7f;
  return Buffer.concat([head, frames]);
}
