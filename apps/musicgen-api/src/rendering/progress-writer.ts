import type { RenderProgress } from '../engines/engine';
import type { Step } from '../generations/generation-progress';
import type { Progress } from '../generations/generation.entity';

const writeEveryMs = 250;
/** Before this much is done, what remains is a guess too far. */
const guessableFraction = 0.05;

type Write = (steps: Step[]) => Promise<void>;

/** Writes progress down at most four times a second, then every bar since. What cannot be written is missed. */
export class ProgressWriter {
  private readonly startedAt = performance.now();
  private steps: Step[] = [];
  private timer?: NodeJS.Timeout;
  private writing = Promise.resolve();

  constructor(private readonly write: Write) {}

  report({ stage, ...progress }: RenderProgress): void {
    const step = { stage, progress: progressRow(progress, performance.now() - this.startedAt) };
    const last = this.steps.at(-1);
    // Within a bar only the latest counts.
    if (last?.stage === stage && last.progress.bar === step.progress.bar) this.steps.pop();
    this.steps.push(step);
    if (!this.timer) this.flush();
  }

  /** Afterwards nothing more is written. */
  async close(): Promise<void> {
    this.steps = [];
    clearTimeout(this.timer);
    await this.writing;
  }

  private flush(): void {
    this.timer = undefined;
    const steps = this.steps.splice(0);
    if (steps.length === 0) return;
    this.timer = setTimeout(() => this.flush(), writeEveryMs);
    this.writing = this.writing.then(() => this.write(steps)).catch(() => undefined);
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
