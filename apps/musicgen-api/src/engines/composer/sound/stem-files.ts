import { join } from 'node:path';
import { openEncoder } from '../../../audio/encoder';
import type { AudioEncoder } from '../../../audio/encoder';
import { quantise } from '../../../audio/sample-format';
import type { AudioTags } from '../../../audio/tags';
import { samplePeak } from '../../../audio/true-peak';
import type { Score } from '../score';
import type { Mixer } from './mixer';
import type { Stereo } from '../../../audio/stereo';
import { Spool } from '../../../audio/mastering/spool';
import { SAMPLE_RATE } from '../../../audio/stereo';

/** What the parts' sends bring back: room and ensemble, a stem of its own. */
export const EFFECTS_STEM = 'effects_return';

/** Writes one WAV file a part and one for the effects, and keeps their sum to be compared with. */
export class StemFiles {
  readonly files: { name: string; path: string }[];
  readonly mix: Spool;
  /** Highest sample of any stem: above 1 it did not fit into its file. */
  peak = 0;
  private encoders: AudioEncoder[] = [];

  constructor(
    private readonly score: Score,
    folder: string,
    private readonly tags: AudioTags,
  ) {
    const names = [...score.parts.map(({ name }) => name), EFFECTS_STEM];
    this.files = names.map((name) => ({ name, path: join(folder, `stem-${name}.wav`) }));
    this.mix = new Spool(join(folder, '.stems.f32'));
  }

  async open(): Promise<void> {
    const frames = Math.round(this.score.durationSeconds * SAMPLE_RATE);
    for (const { name, path } of this.files) {
      const tags = { ...this.tags, title: `${this.tags.title} (${name.replaceAll('_', ' ')})` };
      this.encoders.push(await openEncoder('wav', path, { sampleRate: SAMPLE_RATE, frames, tags }));
    }
  }

  write(mixer: Mixer, frames: number): void {
    this.mix.append(mixer.sum, frames);
    [...mixer.stems, mixer.effects].forEach((stem, i) => this.writeStem(stem, frames, this.encoders[i]!));
  }

  close(): void {
    for (const encoder of this.encoders) encoder.end();
  }

  /** Closes what is open; the files stay, for the caller to remove with the rest. */
  abort(): void {
    for (const encoder of this.encoders) encoder.abort();
    this.mix.discard();
  }

  private writeStem(stem: Stereo, frames: number, encoder: AudioEncoder): void {
    const left = stem.left.subarray(0, frames);
    const right = stem.right.subarray(0, frames);
    this.peak = Math.max(this.peak, samplePeak(left, 0, frames), samplePeak(right, 0, frames));
    quantise(left);
    quantise(right);
    encoder.write(left, right);
  }
}
