import type { Score } from '../score';
import type { PartGain } from './balance';
import { ChannelStrip } from './channel-strip';
import type { MixBus } from './channel-strip';
import { Chorus } from './chorus';
import { stereo } from '../../../audio/stereo';
import type { Stereo } from '../../../audio/stereo';
import { Reverb } from './reverb';

/** Level of the room and of the ensemble at a send of 1. */
const REVERB_RETURN = 0.42;
const CHORUS_RETURN = 0.7;

/** The longer the parts' sends ask for, the larger the room: seconds to −60 dB. */
function decaySeconds(score: Score): number {
  const sends = score.parts.filter(({ role }) => role !== 'drums' && role !== 'bass').map(({ mix }) => mix.reverb);
  const mean = sends.reduce((sum, send) => sum + send, 0) / Math.max(1, sends.length);
  return 1 + 2.4 * Math.min(1, mean);
}

/**
 * Parts to sum: strips, then the room and the ensemble behind their sends. After `process`, `stems` and `effects` hold
 * what adds up to `sum`.
 */
export class Mixer {
  readonly stems: Stereo[];
  readonly effects: Stereo;
  readonly sum: Stereo;
  private readonly strips: ChannelStrip[];
  private readonly bus: MixBus;
  private readonly reverb: Reverb;
  private readonly chorus: Chorus;

  constructor(score: Score, gains: readonly PartGain[], options: { framesMax: number; loopFrames?: number }) {
    const { framesMax, loopFrames } = options;
    this.stems = score.parts.map(() => stereo(framesMax));
    this.effects = stereo(framesMax);
    this.sum = stereo(framesMax);
    this.strips = score.parts.map((part, i) => new ChannelStrip(part, score, gains[i]!));
    this.bus = { sum: this.sum, reverb: new Float32Array(framesMax), chorus: new Float32Array(framesMax) };
    this.reverb = new Reverb(decaySeconds(score), framesMax);
    this.chorus = new Chorus(loopFrames);
  }

  /** Silences the stems, for the synthesiser to add to. */
  clear(): void {
    for (const { left, right } of this.stems) {
      left.fill(0);
      right.fill(0);
    }
  }

  /** `fade` scales everything that comes out, frame by frame. */
  process(frames: number, fade?: Float32Array): void {
    const { sum, effects, bus } = this;
    for (const buffer of [sum.left, sum.right, effects.left, effects.right, bus.reverb, bus.chorus]) buffer.fill(0);
    this.strips.forEach((strip, i) => strip.process(this.stems[i]!, bus, frames));
    this.returns(frames);
    if (fade) for (const { left, right } of [...this.stems, effects, sum]) multiply(left, right, fade, frames);
  }

  private returns(frames: number): void {
    const { bus, effects, sum } = this;
    scale(bus.reverb, frames, REVERB_RETURN);
    scale(bus.chorus, frames, CHORUS_RETURN);
    this.reverb.process(bus.reverb, effects, frames);
    this.chorus.process(bus.chorus, effects, frames);
    add(effects.left, sum.left, frames);
    add(effects.right, sum.right, frames);
  }
}

function scale(samples: Float32Array, frames: number, factor: number): void {
  for (let i = 0; i < frames; i++) samples[i]! *= factor;
}

function add(samples: Float32Array, to: Float32Array, frames: number): void {
  for (let i = 0; i < frames; i++) to[i]! += samples[i]!;
}

function multiply(left: Float32Array, right: Float32Array, gain: Float32Array, frames: number): void {
  for (let i = 0; i < frames; i++) {
    left[i]! *= gain[i]!;
    right[i]! *= gain[i]!;
  }
}
