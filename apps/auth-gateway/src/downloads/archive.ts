import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { ByteRange } from '../http/byte-range';

/** One file of an archive. */
export interface Entry {
  name: string;
  bytes: number;
  open(): Readable;
}

/** A ZIP (PKWARE, APPNOTE 6.3) that is written while it is read. The same entries and time make the same bytes. */
export interface Archive {
  bytes: number;
  read(range?: ByteRange): Readable;
}

/** Nothing is deflated: audio gains nothing by it, and so the length is known before the first byte. */
export async function archiveOf(entries: readonly Entry[], mtime: Date): Promise<Archive> {
  const bytes = await new Promise<number>((resolve) => {
    // It is given the size, whatever its type says.
    zipOf(entries, mtime, () => undefined).end(undefined, resolve as () => void);
  });
  return { bytes, read: (range) => Readable.from(piecesOf(entries, mtime, range), { objectMode: false }) };
}

type Give = (error: unknown, contents: Readable) => void;

function zipOf(entries: readonly Entry[], mtime: Date, open: (entry: Entry, give: Give) => void): ZipFile {
  const zip = new ZipFile();
  for (const entry of entries) {
    const options = { compress: false, size: entry.bytes, mtime, mode: 0o100644 };
    zip.addReadStreamLazy(entry.name, options, (give) => open(entry, give));
  }
  return zip;
}

/** Bytes before the range are made and thrown away: only so can those of the range be known. */
async function* piecesOf(entries: readonly Entry[], mtime: Date, range?: ByteRange): AsyncGenerator<Buffer> {
  let reading: Readable | undefined;
  const zip = zipOf(entries, mtime, (entry, give) => {
    reading = entry.open().on('error', (error) => output.destroy(error));
    give(null, reading);
  });
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(error));
  zip.end();
  let at = 0;
  try {
    for await (const piece of output as AsyncIterable<Buffer>) {
      const wanted = range ? piece.subarray(Math.max(0, range.start - at), Math.max(0, range.end + 1 - at)) : piece;
      at += piece.length;
      if (wanted.length > 0) yield wanted;
      if (range && at > range.end) return;
    }
  } finally {
    // A reader who leaves in the middle would leave its file open.
    reading?.destroy();
  }
}
