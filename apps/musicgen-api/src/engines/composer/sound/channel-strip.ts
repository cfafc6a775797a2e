import { StereoFilter, designBiquad } from '../../../audio/biquad';
import type { FilterSpec } from '../../../audio/biquad';
import type { Part, Role, Score } from '../score';
import type { PartGain } from './balance';
import type { Stereo } from '../../../audio/stereo';
import { saturate } from './saturation';
import { SAMPLE_RATE } from '../../../audio/stereo';

/** What a role need not have in the lows when there is a bass: two instruments in one octave make mud. */
const LOW_CUT_HZ: Record<Role, number> = {
  drums: 28,
  percussion: 120,
  bass: 32,
  chords: 105,
  pad: 130,
  lead: 120,
  counter: 120,
  effects: 80,
};
const LOW_CUT_ALONE_HZ = 35;

/** How far into saturation the highest peaks of struck instruments go, as tape did to them: about 3 dB less peak, no less punch. */
const STRUCK_DRIVE = 1.2;
const STRUCK: readonly Role[] = ['drums', 'percussion'];

/** The filters of a part: its own low cut or its role's, then its equaliser. */
export function stripFilters(part: Part, score: Score): FilterSpec[] {
  const hasBass = score.parts.some(({ role }) => role === 'bass');
  const usual = hasBass ? LOW_CUT_HZ[part.role] : Math.min(LOW_CUT_ALONE_HZ, LOW_CUT_HZ[part.role]);
  return [{ type: 'low_cut', hz: part.mix.lowCutHz ?? usual }, ...(part.mix.eq ?? [])];
}

/** Constant-power pan: the two factors' squares add up to 2, so the centre leaves the signal as it is. */
function panGains(pan: number): [number, number] {
  const angle = ((Math.max(-1, Math.min(1, pan)) + 1) * Math.PI) / 4;
  return [Math.SQRT2 * Math.cos(angle), Math.SQRT2 * Math.sin(angle)];
}

/**
 * Least reverb of any part, 40 dB below it: no real room is dry, and a single click without a tail could never be as loud
 * as mastering promises.
 */
const REVERB_FLOOR = 0.04;

/** What the strips add to. */
export interface MixBus {
  sum: Stereo;
  reverb: Float32Array;
  chorus: Float32Array;
}

/** One part on its way into the mix: filters, gain, pan, sends. */
export class ChannelStrip {
  private readonly filter: StereoFilter;
  private readonly gains: [number, number];
  private readonly reverb: number;
  private readonly chorus: number;
  /** 0 for none. */
  private readonly drive: number;

  /** `peakDb` is how high the part's peaks stand behind the gain. */
  constructor(part: Part, score: Score, { gainDb, peakDb }: PartGain) {
    this.filter = new StereoFilter(stripFilters(part, score).map((spec) => designBiquad(spec, SAMPLE_RATE)));
    const gain = 10 ** (gainDb / 20);
    const [left, right] = panGains(part.mix.pan);
    this.gains = [left * gain, right * gain];
    this.reverb = Math.max(REVERB_FLOOR, part.mix.reverb);
    this.chorus = part.mix.chorus;
    this.drive = STRUCK.includes(part.role) && Number.isFinite(peakDb) ? STRUCK_DRIVE / 10 ** (peakDb / 20) : 0;
  }

  /** Filters and scales `stem` in place and adds it to the sum and the sends, unless it was silent and still is. */
  process(stem: Stereo, bus: MixBus, frames: number): void {
    if (this.filter.isQuiet() && isSilent(stem, frames)) return;
    const { left, right } = stem;
    this.filter.process(left, right, frames);
    const [gainLeft, gainRight] = this.gains;
    if (this.drive > 0) {
      drive(left, frames, gainLeft, this.drive);
      drive(right, frames, gainRight, this.drive);
      this.add(stem, bus, { gainLeft: 1, gainRight: 1, frames });
    } else {
      this.add(stem, bus, { gainLeft, gainRight, frames });
    }
  }

  private add(
    { left, right }: Stereo,
    { sum: { left: sumLeft, right: sumRight }, reverb, chorus }: MixBus,
    { gainLeft, gainRight, frames }: { gainLeft: number; gainRight: number; frames: number },
  ): void {
    const toReverb = this.reverb / 2;
    const toChorus = this.chorus / 2;
    for (let i = 0; i < frames; i++) {
      const l = left[i]! * gainLeft;
      const r = right[i]! * gainRight;
      left[i] = l;
      right[i] = r;
      sumLeft[i]! += l;
      sumRight[i]! += r;
      reverb[i]! += toReverb * (l + r);
      chorus[i]! += toChorus * (l + r);
    }
  }
}

function drive(samples: Float32Array, frames: number, gain: number, amount: number): void {
  for (let i = 0; i < frames; i++) samples[i]! *= gain;
  saturate(samples, frames, amount);
}

function isSilent({ left, right }: Stereo, frames: number): boolean {
  for (let i = 0; i < frames; i++) if (left[i] !== 0 || right[i] !== 0) return false;
  return true;
}
