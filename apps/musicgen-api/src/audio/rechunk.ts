/**
 * Hands a stream on in pieces of one size: Vorbis packs its pages by what it gets at a time, and the same samples must
 * give the same bytes.
 */
export class Rechunker {
  private readonly left: Float32Array;
  private readonly right: Float32Array;
  private filled = 0;

  constructor(
    private readonly frames: number,
    private readonly onPiece: (left: Float32Array, right: Float32Array) => void,
  ) {
    this.left = new Float32Array(frames);
    this.right = new Float32Array(frames);
  }

  write(left: Float32Array, right: Float32Array): void {
    for (let at = 0; at < left.length;) {
      const count = Math.min(left.length - at, this.frames - this.filled);
      this.left.set(left.subarray(at, at + count), this.filled);
      this.right.set(right.subarray(at, at + count), this.filled);
      this.filled += count;
      at += count;
      if (this.filled === this.frames) this.flush();
    }
  }

  /** Hands on what is left, shorter than the rest. */
  flush(): void {
    if (this.filled > 0) this.onPiece(this.left.subarray(0, this.filled), this.right.subarray(0, this.filled));
    this.filled = 0;
  }
}
