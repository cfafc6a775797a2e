/** MPEG-1 layer III at 44.1 kHz, the only shape written here. */
const SAMPLE_RATE = 44100;
const FRAME_SAMPLES = 1152;
/** LAME's `lame_get_encoder_delay()`. */
const ENCODER_DELAY = 576;
const BITRATE_INDEX: Record<number, number> = { 128: 9, 160: 10, 192: 11, 224: 12, 256: 13, 320: 14 };
const SIDE_INFO_BYTES = 32;
const INFO_AT = 4 + SIDE_INFO_BYTES;
const LAME_AT = INFO_AT + 120;
const TAG_BYTES = 190;

/** CRC-16 as LAME uses it (polynomial 0x8005, reflected, from 0). */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

/**
 * The silent first frame that holds the "Info" and LAME headers (G. Bouvigne, "Mp3 Info Tag rev 1 specifications"):
 * number of frames, and how many samples of delay and padding to drop, which makes the duration exact where they are
 * honoured. `audioBytes` is the length of all frames after this one.
 */
export function infoFrame({ bitrate, frames }: { bitrate: number; frames: number }, audioBytes: number): Buffer {
  const out = Buffer.alloc(Math.floor((144000 * bitrate) / SAMPLE_RATE));
  const mpegFrames = Math.round((audioBytes * SAMPLE_RATE) / (144000 * bitrate));
  out.set([0xff, 0xfb, BITRATE_INDEX[bitrate]! << 4, 0x40]);
  out.write('Info', INFO_AT, 'latin1');
  out.writeUInt32BE(0x0f, INFO_AT + 4);
  out.writeUInt32BE(mpegFrames, INFO_AT + 8);
  out.writeUInt32BE(audioBytes + out.length, INFO_AT + 12);
  // Seek table: at constant rate the n-th percent of the time is the n-th percent of the bytes.
  for (let percent = 0; percent < 100; percent++) out[INFO_AT + 16 + percent] = Math.floor((256 * percent) / 100);
  out.writeUInt32BE(100, INFO_AT + 116);
  out.write('LAME3.100', LAME_AT, 'latin1');
  out[LAME_AT + 9] = 1;
  out[LAME_AT + 20] = bitrate;
  const padding = Math.min(0xfff, Math.max(0, mpegFrames * FRAME_SAMPLES - ENCODER_DELAY - frames));
  out.writeUIntBE((ENCODER_DELAY << 12) | padding, LAME_AT + 21, 3);
  out.writeUInt32BE(audioBytes + out.length, LAME_AT + 28);
  out.writeUInt16BE(crc16(out.subarray(0, TAG_BYTES)), TAG_BYTES);
  return out;
}
