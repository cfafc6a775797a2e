import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import type { Stereo } from '../stereo';

const FRAME_BYTES = 8;

/** A stereo signal as 32-bit floats in a temporary file: ten minutes would be 200 MB of memory. */
export class Spool {
  private readonly fd: number;
  private bytes = 0;
  private isOpen = true;
  /** Interleaved frames on their way: one buffer for all of a piece, which would otherwise leave hundreds of megabytes behind. */
  private scratch = new Float32Array(0);

  constructor(private readonly path: string) {
    this.fd = openSync(path, 'w+');
  }

  get frames(): number {
    return this.bytes / FRAME_BYTES;
  }

  append({ left, right }: Stereo, frames: number): void {
    const samples = this.interleaved(frames);
    for (let i = 0; i < frames; i++) {
      samples[2 * i] = left[i]!;
      samples[2 * i + 1] = right[i]!;
    }
    const bytes = new Uint8Array(samples.buffer, 0, samples.byteLength);
    for (let at = 0; at < bytes.length;) at += writeSync(this.fd, bytes, at, bytes.length - at, this.bytes + at);
    this.bytes += bytes.length;
  }

  /** Forgets what was appended. */
  rewind(): void {
    this.bytes = 0;
  }

  /** Fills a buffer with `frames` from `start`. */
  read(start: number, frames: number, { left, right }: Stereo): void {
    const samples = this.interleaved(frames);
    const bytes = new Uint8Array(samples.buffer, 0, samples.byteLength);
    for (let at = 0; at < bytes.length;) {
      const count = readSync(this.fd, bytes, at, bytes.length - at, start * FRAME_BYTES + at);
      if (count === 0) throw new Error('the spooled mix is shorter than the piece');
      at += count;
    }
    for (let i = 0; i < frames; i++) {
      left[i] = samples[2 * i]!;
      right[i] = samples[2 * i + 1]!;
    }
  }

  private interleaved(frames: number): Float32Array<ArrayBuffer> {
    if (this.scratch.length < frames * 2) this.scratch = new Float32Array(frames * 2);
    return this.scratch.subarray(0, frames * 2);
  }

  /** Closes and removes the file. */
  discard(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    closeSync(this.fd);
    unlinkSync(this.path);
  }
}
