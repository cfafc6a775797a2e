import { closeSync, openSync, readSync } from 'node:fs';
import { unpacked24 } from './sample-format';

/** Where the samples of a WAV file are, and how many. */
export interface WavLayout {
  sampleRate: number;
  channels: number;
  bits: number;
  frames: number;
  dataAt: number;
}

const HEADER_MAX = 1 << 16;

/** Walks the chunks of a RIFF/WAVE header. Throws when it is not PCM or has no samples. */
export function readWavLayout(header: Buffer): WavLayout {
  if (header.toString('latin1', 0, 4) !== 'RIFF' || header.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error('not a WAV file');
  }
  let format: Omit<WavLayout, 'frames' | 'dataAt'> | undefined;
  for (let at = 12; at + 8 <= header.length;) {
    const id = header.toString('latin1', at, at + 4);
    const bytes = header.readUInt32LE(at + 4);
    if (id === 'fmt ') {
      if (header.readUInt16LE(at + 8) !== 1) throw new Error('WAV file is not plain PCM');
      format = {
        channels: header.readUInt16LE(at + 10),
        sampleRate: header.readUInt32LE(at + 12),
        bits: header.readUInt16LE(at + 22),
      };
    }
    if (id === 'data' && format) {
      return { ...format, dataAt: at + 8, frames: bytes / ((format.channels * format.bits) / 8) };
    }
    at += 8 + bytes + (bytes % 2);
  }
  throw new Error('WAV file has no samples');
}

/** The samples of a 24-bit stereo WAV file, a piece at a time. */
export class WavReader {
  readonly layout: WavLayout;
  private readonly fd: number;
  private frame = 0;

  constructor(path: string) {
    this.fd = openSync(path, 'r');
    const header = Buffer.alloc(HEADER_MAX);
    this.layout = readWavLayout(header.subarray(0, readSync(this.fd, header, 0, HEADER_MAX, 0)));
    if (this.layout.bits !== 24 || this.layout.channels !== 2) throw new Error('WAV file is not 24-bit stereo');
  }

  /** Up to `frames` more; null at the end. */
  read(frames: number): [left: Float32Array, right: Float32Array] | null {
    const count = Math.min(frames, this.layout.frames - this.frame);
    if (count <= 0) return null;
    const bytes = Buffer.alloc(count * 6);
    if (readSync(this.fd, bytes, 0, bytes.length, this.layout.dataAt + this.frame * 6) < bytes.length) {
      throw new Error('WAV file is shorter than its header says');
    }
    this.frame += count;
    return unpacked24(bytes);
  }

  close(): void {
    closeSync(this.fd);
  }
}
