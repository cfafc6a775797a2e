import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEncoder } from '../encoder';
import type { AudioEncoder, AudioFormat } from '../encoder';
import type { AudioTags } from '../tags';
import { WaveformPeaks } from '../waveform';
import type { MasterSink } from './master';
import { SAMPLE_RATE } from '../stereo';

/** Writes the master in several formats at once, and its waveform. */
export class MixFiles implements MasterSink {
  readonly files: { format: AudioFormat; path: string }[];
  readonly waveformPath: string;
  private encoders: AudioEncoder[] = [];
  private waveform: WaveformPeaks;

  constructor(
    folder: string,
    formats: readonly AudioFormat[],
    private readonly stream: { frames: number; tags: AudioTags },
  ) {
    this.files = [...new Set(formats)].map((format) => ({ format, path: join(folder, `mix.${format}`) }));
    this.waveformPath = join(folder, 'waveform.json');
  }

  async open(): Promise<void> {
    this.waveform = new WaveformPeaks(SAMPLE_RATE, this.stream.frames);
    this.encoders = [];
    for (const { format, path } of this.files) {
      this.encoders.push(await openEncoder(format, path, { sampleRate: SAMPLE_RATE, ...this.stream }));
    }
  }

  write(left: Float32Array, right: Float32Array): void {
    this.waveform.write(left, right);
    for (const encoder of this.encoders) encoder.write(left, right);
  }

  close(): void {
    for (const encoder of this.encoders) encoder.end();
    writeFileSync(this.waveformPath, JSON.stringify(this.waveform.end()));
  }

  discard(): void {
    for (const encoder of this.encoders) encoder.abort();
  }
}
