import { StereoFilter, designBiquad } from './biquad';
import type { FilterSpec } from './biquad';

const RATE = 44100;

/** Gain in decibels that a filter has for a sine, once it has settled. */
function gainAt(hz: number, spec: FilterSpec): number {
  const filter = new StereoFilter([designBiquad(spec, RATE)]);
  const left = Float32Array.from({ length: RATE }, (_, i) => Math.sin((2 * Math.PI * hz * i) / RATE));
  const right = left.slice();
  filter.process(left, right, left.length);
  const power = left.subarray(RATE / 2).reduce((sum, x) => sum + x * x, 0) / (RATE / 2);
  return 10 * Math.log10(2 * power);
}

describe('designBiquad', () => {
  it('cuts 12 dB an octave below a low cut, and 3 dB at its corner', () => {
    expect(gainAt(100, { type: 'low_cut', hz: 100 })).toBeCloseTo(-3, 1);
    expect(gainAt(25, { type: 'low_cut', hz: 100 })).toBeLessThan(-23);
    expect(gainAt(1000, { type: 'low_cut', hz: 100 })).toBeCloseTo(0, 1);
  });

  it('cuts above a high cut', () => {
    expect(gainAt(8000, { type: 'high_cut', hz: 1000 })).toBeLessThan(-33);
  });

  it('raises a peak by its gain there and leaves the rest', () => {
    const spec: FilterSpec = { type: 'peak', hz: 1000, gainDb: 6, q: 2 };
    expect(gainAt(1000, spec)).toBeCloseTo(6, 1);
    expect(Math.abs(gainAt(60, spec))).toBeLessThan(0.2);
  });

  it('shelves below or above', () => {
    expect(gainAt(40, { type: 'low_shelf', hz: 300, gainDb: -6 })).toBeCloseTo(-6, 0);
    expect(gainAt(12000, { type: 'high_shelf', hz: 3000, gainDb: 4 })).toBeCloseTo(4, 0);
    expect(Math.abs(gainAt(200, { type: 'high_shelf', hz: 3000, gainDb: 4 }))).toBeLessThan(0.2);
  });
});

describe('StereoFilter', () => {
  it('comes to rest after silence', () => {
    const filter = new StereoFilter([designBiquad({ type: 'low_cut', hz: 50 }, RATE)]);
    filter.process(new Float32Array([1]), new Float32Array([1]), 1);
    expect(filter.isQuiet()).toBe(false);
    filter.process(new Float32Array(RATE), new Float32Array(RATE), RATE);
    expect(filter.isQuiet()).toBe(true);
  });
});
