import type { RenderProgress } from '../engines/engine';
import type { Progress } from '../generations/generation.entity';

const writeEveryMs = 250;
/** Before this much is done, what remains is a guess too far. */
const guessableFraction = 0.05;

type Write = (stage: RenderProgress['stage'], progress: Progress) => Promise<void>;

/** Writes progress down, at most four times a second and always the latest. What cannot be written is missed. */
export class ProgressWriter {
  private readonly startedAt = performance.now();
  private latest?: RenderProgress;
  private timer?: NodeJS.Timeout;
  private writing = Promise.resolve();

  constructor(private readonly write: Write) {}

  report(progress: RenderProgress): void {
    this.latest = progress;
    if (!this.timer) this.flush();
  }

  /** Afterwards nothing more is written. */
  async close(): Promise<void> {
    this.latest = undefined;
    clearTimeout(this.timer);
    await this.writing;
  }

  private flush(): void {
    this.timer = undefined;
    if (!this.latest) return;
    const { stage, ...progress } = this.latest;
    this.latest = undefined;
    this.timer = setTimeout(() => this.flush(), writeEveryMs);
    const row = progressRow(progress, performance.now() - this.startedAt);
    this.writing = this.writing.then(() => this.write(stage, row)).catch(() => undefined);
  }
}

/** Progress as it is stored; the time that is left is what it took so far, continued. */
export function progressRow(progress: Omit<RenderProgress, 'stage'>, elapsedMs: number): Progress {
  const { fraction, section, bar, bars } = progress;
  return {
    fraction,
    section: section ?? null,
    bar: bar ?? null,
    bars: bars ?? null,
    etaMs: fraction < guessableFraction ? null : Math.round((elapsedMs * (1 - fraction)) / fraction),
  };
}
