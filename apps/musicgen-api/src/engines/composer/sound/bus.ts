import { StereoFilter, designBiquad } from '../../../audio/biquad';
import type { BusMix } from '../score';
import type { Stereo } from '../../../audio/stereo';
import { saturate } from './saturation';
import { SAMPLE_RATE } from '../../../audio/stereo';

/** Below this there is nothing but rumble and the offset of asymmetric samples. */
const RUMBLE_HZ = 24;
/** Frames between two values of the compressor's gain. */
const STEP = 16;
const KNEE_DB = 6;

/**
 * What happens to the sum before mastering: tone, glue, warmth, width. Thresholds refer to a sum that stands near
 * −18 dBFS (`STAGE_LUFS`).
 */
export class Bus {
  private readonly filter: StereoFilter;
  private readonly compressor: Compressor;

  constructor(private readonly mix: BusMix) {
    const filters = [{ type: 'low_cut' as const, hz: RUMBLE_HZ }, ...mix.eq];
    this.filter = new StereoFilter(filters.map((spec) => designBiquad(spec, SAMPLE_RATE)));
    this.compressor = new Compressor(mix.compressor);
  }

  process({ left, right }: Stereo, frames: number): void {
    this.filter.process(left, right, frames);
    this.compressor.process(left, right, frames);
    if (this.mix.drive > 0) {
      saturate(left, frames, 0.5 + 2 * this.mix.drive);
      saturate(right, frames, 0.5 + 2 * this.mix.drive);
    }
    if (this.mix.width !== 1) widen(left, right, frames, this.mix.width);
  }
}

/**
 * Feed-forward, both channels by one gain, mean-square detector, smoothed in decibels with a soft knee
 * (D. Giannoulis et al., "Digital Dynamic Range Compressor Design", JAES 60/6, 2012).
 */
class Compressor {
  private readonly attack: number;
  private readonly release: number;
  private readonly slope: number;
  private reductionDb = 0;
  private gain = 1;

  constructor(private readonly settings: BusMix['compressor']) {
    const perStep = (ms: number) => 1 - Math.exp((-1000 * STEP) / (Math.max(0.1, ms) * SAMPLE_RATE));
    this.attack = perStep(settings.attackMs);
    this.release = perStep(settings.releaseMs);
    this.slope = 1 - 1 / Math.max(1, settings.ratio);
  }

  process(left: Float32Array, right: Float32Array, frames: number): void {
    for (let from = 0; from < frames; from += STEP) {
      const to = Math.min(frames, from + STEP);
      let power = 1e-12;
      for (let i = from; i < to; i++) power += left[i]! * left[i]! + right[i]! * right[i]!;
      const wanted = this.curve(10 * Math.log10(power / (2 * (to - from))));
      const before = this.gain;
      this.reductionDb += (wanted > this.reductionDb ? this.attack : this.release) * (wanted - this.reductionDb);
      this.gain = 10 ** (-this.reductionDb / 20);
      const step = (this.gain - before) / (to - from);
      for (let i = from; i < to; i++) {
        const gain = before + step * (i - from);
        left[i]! *= gain;
        right[i]! *= gain;
      }
    }
  }

  private curve(levelDb: number): number {
    const over = levelDb - this.settings.thresholdDb;
    if (over <= -KNEE_DB / 2) return 0;
    if (over >= KNEE_DB / 2) return over * this.slope;
    return (this.slope * (over + KNEE_DB / 2) ** 2) / (2 * KNEE_DB);
  }
}

function widen(left: Float32Array, right: Float32Array, frames: number, width: number): void {
  for (let i = 0; i < frames; i++) {
    const middle = (left[i]! + right[i]!) / 2;
    const side = ((left[i]! - right[i]!) / 2) * width;
    left[i] = middle + side;
    right[i] = middle - side;
  }
}
