import { open } from 'node:fs/promises';

/** What a WAV file's header says, and where its samples are. */
export interface WavHeader {
  rate: number;
  channels: number;
  bits: number;
  isFloat: boolean;
  frames: number;
  dataAt: number;
  /** The header's size of the data is what the file holds. */
  isWhole: boolean;
}

/** A WAV file in memory. */
export interface Wav extends WavHeader {
  /** One array a channel, −1 to 1. */
  samples: Float32Array[];
}

const HEAD_BYTES = 1 << 16;

function parseHeader(head: Buffer, fileBytes: number): WavHeader {
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') throw new Error('no WAV');
  let format: { tag: number; channels: number; rate: number; bits: number } | undefined;
  for (let at = 12; at + 8 <= head.length;) {
    const name = head.toString('latin1', at, at + 4);
    const bytes = head.readUInt32LE(at + 4);
    if (name === 'fmt ') {
      const tag = head.readUInt16LE(at + 8);
      format = {
        tag: tag === 0xfffe ? head.readUInt16LE(at + 32) : tag,
        channels: head.readUInt16LE(at + 10),
        rate: head.readUInt32LE(at + 12),
        bits: head.readUInt16LE(at + 22),
      };
    }
    if (name === 'data' && format) {
      const { tag, ...rest } = format;
      const frames = bytes / (rest.channels * (rest.bits / 8));
      return { ...rest, isFloat: tag === 3, frames, dataAt: at + 8, isWhole: at + 8 + bytes <= fileBytes };
    }
    at += 8 + bytes + (bytes & 1);
  }
  throw new Error('no samples in the WAV');
}

/** Reads only the header: enough for the exact duration. */
export async function readWavHeader(path: string): Promise<WavHeader> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(Math.min(HEAD_BYTES, size));
    await file.read(head, 0, head.length, 0);
    return parseHeader(head, size);
  } finally {
    await file.close();
  }
}

function reader(data: Buffer, { bits, isFloat }: WavHeader): (at: number) => number {
  if (isFloat && bits === 32) return (at) => data.readFloatLE(at);
  if (bits === 16) return (at) => data.readInt16LE(at) / 0x8000;
  if (bits === 24) return (at) => data.readIntLE(at, 3) / 0x800000;
  if (bits === 32) return (at) => data.readInt32LE(at) / 0x80000000;
  throw new Error(`WAV of ${bits} bits`);
}

/** Reads a WAV file of 16, 24 or 32 bits. */
export async function readWav(path: string): Promise<Wav> {
  const header = await readWavHeader(path);
  const file = await open(path);
  try {
    const width = header.bits / 8;
    const data = Buffer.alloc(header.frames * header.channels * width);
    await file.read(data, 0, data.length, header.dataAt);
    const valueAt = reader(data, header);
    const samples = Array.from({ length: header.channels }, (_, channel) => {
      const out = new Float32Array(header.frames);
      for (let i = 0; i < out.length; i++) out[i] = valueAt((i * header.channels + channel) * width);
      return out;
    });
    return { ...header, samples };
  } finally {
    await file.close();
  }
}

/** The channels' mean. */
export function monoOf({ samples, frames }: Wav): Float32Array {
  const out = new Float32Array(frames);
  for (const channel of samples) for (let i = 0; i < frames; i++) out[i]! += channel[i]! / samples.length;
  return out;
}
