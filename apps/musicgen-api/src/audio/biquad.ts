/** Coefficients of one second-order section, normalised so that a0 is 1. */
export interface Biquad {
  b0: number;
  b1: number;
  b2: number;
  a1: number;
  a2: number;
}

/** The shapes that `designBiquad` knows. */
export type FilterType = 'low_cut' | 'high_cut' | 'low_shelf' | 'peak' | 'high_shelf';

/** A filter as a mixing engineer names it. `q` defaults to 0.707. */
export interface FilterSpec {
  type: FilterType;
  hz: number;
  gainDb?: number;
  q?: number;
}

/** Coefficients after R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients". */
export function designBiquad(spec: FilterSpec, sampleRate: number): Biquad {
  const w = (2 * Math.PI * Math.min(spec.hz, sampleRate * 0.45)) / sampleRate;
  const cos = Math.cos(w);
  const alpha = Math.sin(w) / (2 * (spec.q ?? Math.SQRT1_2));
  const a = 10 ** ((spec.gainDb ?? 0) / 40);
  const slope = 2 * Math.sqrt(a) * alpha;
  switch (spec.type) {
    case 'low_cut':
      return normalise([(1 + cos) / 2, -(1 + cos), (1 + cos) / 2], [1 + alpha, -2 * cos, 1 - alpha]);
    case 'high_cut':
      return normalise([(1 - cos) / 2, 1 - cos, (1 - cos) / 2], [1 + alpha, -2 * cos, 1 - alpha]);
    case 'peak':
      return normalise([1 + alpha * a, -2 * cos, 1 - alpha * a], [1 + alpha / a, -2 * cos, 1 - alpha / a]);
    case 'low_shelf':
      return normalise(
        [a * (a + 1 - (a - 1) * cos + slope), 2 * a * (a - 1 - (a + 1) * cos), a * (a + 1 - (a - 1) * cos - slope)],
        [a + 1 + (a - 1) * cos + slope, -2 * (a - 1 + (a + 1) * cos), a + 1 + (a - 1) * cos - slope],
      );
    case 'high_shelf':
      return normalise(
        [a * (a + 1 + (a - 1) * cos + slope), -2 * a * (a - 1 + (a + 1) * cos), a * (a + 1 + (a - 1) * cos - slope)],
        [a + 1 - (a - 1) * cos + slope, 2 * (a - 1 - (a + 1) * cos), a + 1 - (a - 1) * cos - slope],
      );
  }
}

type Three = [number, number, number];

function normalise([b0, b1, b2]: Three, [a0, a1, a2]: Three): Biquad {
  return { b0: b0 / a0, b1: b1 / a0, b2: b2 / a0, a1: a1 / a0, a2: a2 / a0 };
}

/** A chain of second-order sections on a stereo signal, in place; the state lives on between calls. */
export class StereoFilter {
  private readonly state: Float64Array;

  constructor(private readonly sections: readonly Biquad[]) {
    this.state = new Float64Array(sections.length * 4);
  }

  process(left: Float32Array, right: Float32Array, frames: number): void {
    for (let s = 0; s < this.sections.length; s++) this.section(this.sections[s]!, s * 4, [left, right, frames]);
  }

  /** The response has died away: after silence in, silence may follow without a click. */
  isQuiet(): boolean {
    for (let i = 0; i < this.state.length; i++) if (Math.abs(this.state[i]!) > 1e-9) return false;
    return true;
  }

  /** Transposed direct form II, both channels in one loop: two independent recursions overlap in the processor. */
  private section(biquad: Biquad, at: number, [left, right, frames]: [Float32Array, Float32Array, number]): void {
    const { b0, b1, b2, a1, a2 } = biquad;
    const state = this.state;
    let l1 = state[at]!;
    let l2 = state[at + 1]!;
    let r1 = state[at + 2]!;
    let r2 = state[at + 3]!;
    for (let i = 0; i < frames; i++) {
      const l = left[i]!;
      const r = right[i]!;
      const yl = b0 * l + l1;
      const yr = b0 * r + r1;
      l1 = b1 * l - a1 * yl + l2;
      r1 = b1 * r - a1 * yr + r2;
      l2 = b2 * l - a2 * yl;
      r2 = b2 * r - a2 * yr;
      left[i] = yl;
      right[i] = yr;
    }
    // Below this the state is denormal on its way to zero, which is slow and never heard.
    state[at] = Math.abs(l1) < 1e-20 ? 0 : l1;
    state[at + 1] = Math.abs(l2) < 1e-20 ? 0 : l2;
    state[at + 2] = Math.abs(r1) < 1e-20 ? 0 : r1;
    state[at + 3] = Math.abs(r2) < 1e-20 ? 0 : r2;
  }
}
