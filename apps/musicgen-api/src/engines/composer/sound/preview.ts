import { mp3Encoders } from '../../../audio/wasm-encoders';
import type { PreviewPiece } from '../../engine';
import { STAGE_LUFS } from './balance';
import { MASTER_LUFS } from '../../../audio/mastering/master';
import type { Stereo } from '../../../audio/stereo';
import { saturate } from './saturation';
import { SAMPLE_RATE } from '../../../audio/stereo';

const BITRATE = 128;
/** What the bus takes away from the stage level is not known yet: one decibel is the rule. */
const GAIN = 10 ** ((MASTER_LUFS - STAGE_LUFS + 1) / 20);
/** Soft clipping below full scale stands in for the limiter, which must know what comes. */
const DRIVE = 1.15;

/**
 * The mix as MP3 while it is rendered, at the gain that it will probably be mastered with. Pieces of about a second,
 * which one after the other are one stream.
 */
export class Preview {
  private pieces: Uint8Array[] = [];
  private frames = 0;
  private index = 0;

  private constructor(
    private readonly encoder: Awaited<ReturnType<typeof mp3Encoders.take>>,
    private readonly onPiece: (piece: PreviewPiece) => void,
  ) {}

  static async open(onPiece: (piece: PreviewPiece) => void): Promise<Preview> {
    const encoder = await mp3Encoders.take();
    encoder.configure({ channels: 2, sampleRate: SAMPLE_RATE, bitrate: BITRATE, outputSampleRate: 44100 });
    return new Preview(encoder, onPiece);
  }

  write(mix: Stereo, frames: number): void {
    const channels = [mix.left, mix.right].map((samples) => {
      const louder = samples.slice(0, frames);
      for (let i = 0; i < frames; i++) louder[i]! *= GAIN;
      saturate(louder, frames, DRIVE);
      return louder;
    });
    this.pieces.push(this.encoder.encode(channels).slice());
    this.frames += frames;
    if (this.frames >= SAMPLE_RATE) this.flush();
  }

  end(): void {
    this.pieces.push(this.encoder.finalize().slice());
    this.flush();
    mp3Encoders.giveBack(this.encoder);
  }

  private flush(): void {
    this.onPiece({ index: this.index++, seconds: this.frames / SAMPLE_RATE, mp3: Buffer.concat(this.pieces) });
    this.pieces = [];
    this.frames = 0;
  }
}
