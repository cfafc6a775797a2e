import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import type { Stereo } from '../stereo';

const FRAME_BYTES = 8;
/** Frames that are written at a time: what renders comes in small pieces, and each write is a call to the system. */
const WRITE_FRAMES = 1 << 14;

/** A stereo signal as 32-bit floats in a temporary file: ten minutes would be 200 MB of memory. */
export class Spool {
  private readonly fd: number;
  private writtenFrames = 0;
  private isOpen = true;
  /** Interleaved frames that are not yet in the file. */
  private readonly pending = new Float32Array(2 * WRITE_FRAMES);
  private pendingFrames = 0;
  /** Interleaved frames from the file: one buffer for all of a piece, which would otherwise leave hundreds of megabytes behind. */
  private scratch = new Float32Array(0);

  constructor(private readonly path: string) {
    this.fd = openSync(path, 'w+');
  }

  get frames(): number {
    return this.writtenFrames + this.pendingFrames;
  }

  append({ left, right }: Stereo, frames: number): void {
    const { pending } = this;
    for (let at = 0; at < frames;) {
      const count = Math.min(frames - at, WRITE_FRAMES - this.pendingFrames);
      for (let i = 0, to = 2 * this.pendingFrames; i < count; i++, to += 2) {
        pending[to] = left[at + i]!;
        pending[to + 1] = right[at + i]!;
      }
      this.pendingFrames += count;
      at += count;
      if (this.pendingFrames === WRITE_FRAMES) this.flush();
    }
  }

  /** Forgets what was appended. */
  rewind(): void {
    this.writtenFrames = 0;
    this.pendingFrames = 0;
  }

  /** Fills a buffer with `frames` from `start`. */
  read(start: number, frames: number, { left, right }: Stereo): void {
    this.flush();
    if (this.scratch.length < frames * 2) this.scratch = new Float32Array(frames * 2);
    const samples = this.scratch;
    const bytes = new Uint8Array(samples.buffer, 0, frames * FRAME_BYTES);
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

  private flush(): void {
    const bytes = new Uint8Array(this.pending.buffer, 0, this.pendingFrames * FRAME_BYTES);
    const position = this.writtenFrames * FRAME_BYTES;
    for (let at = 0; at < bytes.length;) at += writeSync(this.fd, bytes, at, bytes.length - at, position + at);
    this.writtenFrames += this.pendingFrames;
    this.pendingFrames = 0;
  }

  /** Closes and removes the file. */
  discard(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    closeSync(this.fd);
    unlinkSync(this.path);
  }
}
