import { BLOCK_FRAMES, Limiter } from './limiter';
import { gainFor } from './loudness-target';

const BLOCKS = 98 * 20;

/** Deterministic peaks with rare spikes. */
function makeLevels(loop = false) {
  const peaks = Float32Array.from({ length: BLOCKS }, (_, i) => (i % 173 === 0 ? 0.9 : 0.15 + 0.1 * Math.sin(i * 0.7)));
  return { peaks, energies: peaks.map((peak) => BLOCK_FRAMES * peak * peak * 0.2), loop };
}

describe('Limiter', () => {
  it.each([1, 3, 30, 1000])('lets no block over the ceiling at a gain of %d', (gain) => {
    const levels = makeLevels();
    const limiter = new Limiter(levels);
    limiter.shape(gain, 0.8);
    levels.peaks.forEach((peak, i) => {
      const highest = peak * gain * Math.max(limiter.nodes[i]!, limiter.nodes[i + 1]!);
      expect(highest).toBeLessThanOrEqual(0.8 * (1 + 1e-6));
    });
  });

  it('leaves what is below the ceiling as it is', () => {
    const limiter = new Limiter(makeLevels());
    limiter.shape(0.5, 0.8);
    expect(limiter.nodes.every((gain) => gain === 1)).toBe(true);
  });

  it('never moves by a step: it falls over several blocks and rises slowly', () => {
    const limiter = new Limiter(makeLevels());
    limiter.shape(4, 0.8);
    for (let i = 1; i < limiter.nodes.length; i++) {
      expect(limiter.nodes[i]! - limiter.nodes[i - 1]!).toBeLessThan(0.02);
      expect(limiter.nodes[i - 1]! - limiter.nodes[i]!).toBeLessThan(0.21);
    }
  });

  it('ends a loop as it begins', () => {
    const limiter = new Limiter(makeLevels(true));
    limiter.shape(4, 0.8);
    expect(limiter.nodes[BLOCKS]).toBe(limiter.nodes[0]);
  });
});

describe('gainFor', () => {
  it.each([-30, -20, -14])('finds the gain for %d LUFS', (target) => {
    const limiter = new Limiter(makeLevels());
    const gain = 10 ** (gainFor(limiter, target, 0.9) / 20);
    limiter.shape(gain, 0.9);
    expect(Math.abs(limiter.loudness(gain) - target)).toBeLessThan(0.02);
  });
});
