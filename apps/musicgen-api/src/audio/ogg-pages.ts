const HEADER_BYTES = 27;
const SEGMENT_MAX = 255;

/** CRC-32 of Ogg pages (RFC 3533, section 6: polynomial 0x04c11db7, neither reflected nor inverted). */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) ^ CRC_TABLE[((crc >>> 24) ^ byte) & 0xff]!) >>> 0;
  return crc;
}

/** One page: where it ends in the bytes, and the pieces of packets in it. */
export interface OggPage {
  end: number;
  serial: number;
  sequence: number;
  packets: Buffer[];
}

/** Reads the page at `start`, or null when it is not complete yet. A packet that goes on on the next page counts as one. */
export function readPage(bytes: Buffer, start: number): OggPage | null {
  const segments = bytes[start + HEADER_BYTES - 1];
  const bodyAt = start + HEADER_BYTES + (segments ?? 0);
  if (segments === undefined || bodyAt > bytes.length) return null;
  const lacing = bytes.subarray(start + HEADER_BYTES, bodyAt);
  const end = bodyAt + lacing.reduce((sum, length) => sum + length, 0);
  if (end > bytes.length) return null;
  const packets: Buffer[] = [];
  let from = bodyAt;
  let at = bodyAt;
  for (const length of lacing) {
    at += length;
    if (length === SEGMENT_MAX) continue;
    packets.push(bytes.subarray(from, at));
    from = at;
  }
  if (from < at) packets.push(bytes.subarray(from, at));
  return { end, serial: bytes.readUInt32LE(start + 14), sequence: bytes.readUInt32LE(start + 18), packets };
}

/** Writes header packets (granule position 0) as one page. */
export function writeHeaderPage({ serial, sequence, packets }: Omit<OggPage, 'end'>): Buffer {
  const lacing = packets.flatMap((packet) => [
    ...new Array<number>(Math.floor(packet.length / SEGMENT_MAX)).fill(SEGMENT_MAX),
    packet.length % SEGMENT_MAX,
  ]);
  if (lacing.length > SEGMENT_MAX) throw new Error('Ogg header packets do not fit in one page');
  const head = Buffer.alloc(HEADER_BYTES);
  head.write('OggS', 'latin1');
  head.writeUInt32LE(serial, 14);
  head.writeUInt32LE(sequence, 18);
  head[HEADER_BYTES - 1] = lacing.length;
  const page = Buffer.concat([head, Buffer.from(lacing), ...packets]);
  page.writeUInt32LE(crc32(page), 22);
  return page;
}
