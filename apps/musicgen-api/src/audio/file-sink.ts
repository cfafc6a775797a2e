import { closeSync, openSync, writeSync } from 'node:fs';

const BUFFER_BYTES = 1 << 18;

/** A file that grows at its end in large writes; bytes already written can be corrected before it is closed. */
export class FileSink {
  private readonly fd: number;
  private readonly buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  private filled = 0;
  private flushed = 0;
  private isOpen = true;

  constructor(path: string) {
    this.fd = openSync(path, 'w');
  }

  get bytes(): number {
    return this.flushed + this.filled;
  }

  /** Copies: the caller may reuse `bytes` at once. */
  write(bytes: Uint8Array): void {
    if (this.filled + bytes.length > BUFFER_BYTES) this.flush();
    if (bytes.length > BUFFER_BYTES) {
      this.writeAll(bytes, this.flushed);
      this.flushed += bytes.length;
      return;
    }
    this.buffer.set(bytes, this.filled);
    this.filled += bytes.length;
  }

  /** Overwrites what stands at `position`. */
  patch(position: number, bytes: Uint8Array): void {
    this.flush();
    this.writeAll(bytes, position);
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    try {
      this.flush();
    } finally {
      closeSync(this.fd);
    }
  }

  private flush(): void {
    this.writeAll(this.buffer.subarray(0, this.filled), this.flushed);
    this.flushed += this.filled;
    this.filled = 0;
  }

  private writeAll(bytes: Uint8Array, position: number): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.fd, bytes, at, bytes.length - at, position + at);
  }
}
