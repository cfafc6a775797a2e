import { gatedLoudness } from '../loudness';

/** Frames of a block: about a millisecond, and a whole number of blocks in each 100 ms hop of the loudness measure. */
export const BLOCK_FRAMES = 45;
const HOP_BLOCKS = 98;
/** Blocks that the gain begins to fall before a peak. */
const LOOK_AHEAD = 4;
const RELEASE_BLOCKS = 90;
const RELEASE = 1 - Math.exp(-1 / RELEASE_BLOCKS);

/** What mastering must know of a mix: one value a block, so that trying a gain costs milliseconds, not a pass over the audio. */
export interface BlockLevels {
  /** Highest true peak, linear. */
  peaks: Float32Array;
  /** K-weighted energy, both channels. */
  energies: Float32Array;
  /** The mix is a loop: what comes after the last block is the first. */
  loop: boolean;
}

/**
 * A look-ahead limiter as a curve: gains at the blocks' borders, between which the gain moves in straight lines.
 * Within a block it never exceeds what the block's own peak allows: the minimum over the blocks ahead, averaged over as
 * many behind, stays below every minimum that it is made of.
 */
export class Limiter {
  /** One more than there are blocks. */
  readonly nodes: Float32Array;
  /** What peaks and release allow, with `LOOK_AHEAD` blocks more at either end. */
  private readonly held: Float32Array;
  private readonly lows: Float32Array;
  private readonly smooth: Float32Array;
  private readonly hops: Float64Array;

  constructor(private readonly levels: BlockLevels) {
    const blocks = levels.peaks.length;
    this.nodes = new Float32Array(blocks + 1);
    this.held = new Float32Array(blocks + 2 * LOOK_AHEAD);
    this.lows = new Float32Array(blocks + LOOK_AHEAD);
    this.smooth = new Float32Array(blocks);
    this.hops = new Float64Array(Math.floor(blocks / HOP_BLOCKS));
  }

  /** Works out `nodes` for a gain (linear, made before the limiter) and a ceiling. */
  shape(gain: number, ceiling: number): void {
    const { loop } = this.levels;
    // A loop's last release reaches into its start: the first round only finds out where it stands at the end.
    const before = loop ? this.hold(gain, ceiling, 1) : 1;
    this.hold(gain, ceiling, before);
    this.lookAhead();
    const { nodes, smooth } = this;
    const last = smooth.length - 1;
    for (let i = 1; i <= last; i++) nodes[i] = Math.min(smooth[i - 1]!, smooth[i]!);
    nodes[0] = loop ? Math.min(smooth[last]!, smooth[0]!) : smooth[0]!;
    nodes[last + 1] = loop ? nodes[0] : smooth[last]!;
  }

  /** Integrated loudness after `shape(gain, …)`, from the blocks' energies: a gain this slow commutes with the K filter. */
  loudness(gain: number): number {
    return loudnessOf(this.levels, this.hops, { nodes: this.nodes, gain });
  }

  private hold(gain: number, ceiling: number, start: number): number {
    const { held } = this;
    const { peaks, loop } = this.levels;
    const last = peaks.length - 1;
    let current = start;
    for (let i = 0; i <= last; i++) {
      // A block's peak was measured six frames late: the next one's may belong to this one.
      const following = i < last ? peaks[i + 1]! : loop ? peaks[0]! : 0;
      const peak = gain * Math.max(peaks[i]!, following);
      const released = current + (1 - current) * RELEASE;
      current = peak * released > ceiling ? ceiling / peak : released;
      held[LOOK_AHEAD + i] = current;
    }
    return current;
  }

  /** Minimum over the blocks ahead, then mean over as many behind. The edges are padded: with each other in a loop. */
  private lookAhead(): void {
    const { held, lows, smooth } = this;
    const count = smooth.length;
    for (let k = 0; k < LOOK_AHEAD; k++) {
      const { loop } = this.levels;
      held[k] = held[loop ? count + k : LOOK_AHEAD]!;
      held[count + LOOK_AHEAD + k] = held[loop ? LOOK_AHEAD + k : count + LOOK_AHEAD - 1]!;
    }
    for (let i = 0; i < lows.length; i++) {
      let low = held[i]!;
      for (let k = 1; k <= LOOK_AHEAD; k++) low = Math.min(low, held[i + k]!);
      lows[i] = low;
    }
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let k = 0; k <= LOOK_AHEAD; k++) sum += lows[i + k]!;
      smooth[i] = sum / (LOOK_AHEAD + 1);
    }
  }
}

/** Integrated loudness of a mix as it stands. */
export function mixLoudness(levels: BlockLevels): number {
  const nodes = new Float32Array(levels.energies.length + 1).fill(1);
  return loudnessOf(levels, new Float64Array(Math.floor(levels.energies.length / HOP_BLOCKS)), { nodes, gain: 1 });
}

function loudnessOf(
  { energies }: BlockLevels,
  hops: Float64Array,
  { nodes, gain }: { nodes: Float32Array; gain: number },
): number {
  for (let hop = 0; hop < hops.length; hop++) {
    let sum = 0;
    for (let i = hop * HOP_BLOCKS; i < (hop + 1) * HOP_BLOCKS; i++) {
      const factor = gain * 0.5 * (nodes[i]! + nodes[i + 1]!);
      sum += energies[i]! * factor * factor;
    }
    hops[hop] = sum / (HOP_BLOCKS * BLOCK_FRAMES);
  }
  return gatedLoudness(hops);
}
