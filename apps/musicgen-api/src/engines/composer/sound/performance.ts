import { BLOCK_FRAMES_MAX } from './part-synth';
import type { PartSynth } from './part-synth';
import { GRID } from './timeline';
import type { SynthEvent, Timeline } from './timeline';

/** Seconds of earlier rounds that a loop needs behind it, so that tails and compressors have settled. */
const SETTLE_FRAMES = 6 * 44100;

/**
 * Plays a timeline on the synthesiser, block by block. A loop is played through several times, every round on the same
 * grid from its first frame on, so that the last round begins with the tails of one just like it.
 */
export class Performance {
  /** Rounds to play before the one to keep. */
  readonly warmUpRounds: number;
  private readonly events: (SynthEvent & { round: number })[];
  private round = 0;
  private frame = 0;
  private next = 0;

  constructor(
    private readonly synth: PartSynth,
    private readonly timeline: Timeline,
  ) {
    const { frames, loop, events } = timeline;
    this.warmUpRounds = loop ? Math.max(1, Math.ceil(SETTLE_FRAMES / frames)) : 0;
    // What a loop does after its end happens in the next round; a piece that ends does nothing after it.
    this.events = loop
      ? events
          .map((event) => ({ ...event, frame: event.frame % frames, round: Math.floor(event.frame / frames) }))
          .sort((a, b) => a.frame - b.frame || b.round - a.round)
      : events.map((event) => ({ ...event, round: 0 }));
  }

  /** Frame of the kept round that comes next; negative while warming up. */
  get position(): number {
    return (this.round - this.warmUpRounds) * this.timeline.frames + this.frame;
  }

  get isOver(): boolean {
    return this.round > this.warmUpRounds;
  }

  /** Renders up to `frames` (a multiple of the grid), and no further than the end of the round. Tells how many. */
  render(frames: number): number {
    const count = Math.min(frames, this.timeline.frames - this.frame);
    for (let at = 0; at < count;) {
      const block = Math.min(this.playAt(this.frame + at), count - at);
      this.synth.render(at, block);
      at += block;
    }
    this.frame += count;
    if (this.frame === this.timeline.frames) {
      this.round++;
      this.frame = 0;
      this.next = 0;
    }
    return count;
  }

  /**
   * Plays what is due and tells how many frames may pass then. Attacks are ramps over a block, so what has just begun
   * gets a short one; where nothing happens, long ones save time.
   */
  private playAt(frame: number): number {
    const first = this.next;
    for (; this.next < this.events.length; this.next++) {
      const event = this.events[this.next]!;
      if (event.frame > frame) break;
      if (event.round <= this.round) this.synth.play(event);
    }
    const until = this.events[this.next]?.frame ?? Infinity;
    return this.next === first && until >= frame + BLOCK_FRAMES_MAX ? BLOCK_FRAMES_MAX : GRID;
  }
}
