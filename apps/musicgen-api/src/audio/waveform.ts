const SCALE = 127;

/** Peaks as BBC's audiowaveform writes them in JSON (format version 2), which browser players read. */
export interface Waveform {
  version: 2;
  channels: 1;
  sample_rate: number;
  samples_per_pixel: number;
  bits: 8;
  length: number;
  /** Minimum and maximum of each pixel in turn, −128 to 127. */
  data: number[];
}

/** Collects the peaks of a stream, both channels as one, in about `points` pixels. */
export class WaveformPeaks {
  private readonly data: number[] = [];
  private readonly framesPerPixel: number;
  private filled = 0;
  private low = 0;
  private high = 0;

  constructor(
    private readonly sampleRate: number,
    frames: number,
    points = 1000,
  ) {
    this.framesPerPixel = Math.max(1, Math.ceil(frames / points));
  }

  write(left: Float32Array, right: Float32Array, frames = left.length): void {
    for (let at = 0; at < frames;) {
      const end = Math.min(frames, at + this.framesPerPixel - this.filled);
      this.reach(left, at, end);
      this.reach(right, at, end);
      this.filled += end - at;
      at = end;
      if (this.filled === this.framesPerPixel) this.pixel();
    }
  }

  end(): Waveform {
    if (this.filled > 0) this.pixel();
    return {
      version: 2,
      channels: 1,
      sample_rate: this.sampleRate,
      samples_per_pixel: this.framesPerPixel,
      bits: 8,
      length: this.data.length / 2,
      data: this.data,
    };
  }

  private reach(samples: Float32Array, from: number, to: number): void {
    let { low, high } = this;
    for (let i = from; i < to; i++) {
      const value = samples[i]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    this.low = low;
    this.high = high;
  }

  private pixel(): void {
    this.data.push(Math.max(-128, Math.round(this.low * SCALE)), Math.min(127, Math.round(this.high * SCALE)));
    this.filled = 0;
    this.low = 0;
    this.high = 0;
  }
}
