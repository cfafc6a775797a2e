import type { Logger } from '@musicgen/service-kit';
import { setTimeout as wait } from 'node:timers/promises';
import type { ModelDescription, RenderResult } from '../engines/engine';
import { RenderChild, type RenderTask } from './render-child';
import type { RenderSettings } from './render-messages';

const restartMsMin = 100;
const restartMsMax = 5_000;

export interface RenderPoolOptions {
  /** The compiled program of a render process. */
  entry: string;
  settings: RenderSettings;
  /** 0: nothing is rendered here. */
  size: number;
  /** Without it, the usual time. */
  obeyWithinMs?: number;
  logger: Logger;
}

/** Render processes that are kept warm: started at once, replaced when they end, each with one generation at a time. */
export class RenderPool {
  private readonly children = new Set<RenderChild>();
  private readonly ready = new Set<RenderChild>();
  private readonly idle = new Set<RenderChild>();
  private readonly waiting = new Set<(child: RenderChild) => void>();
  private readonly stopping = new AbortController();
  private loops: Promise<void>[] = [];
  private learn: (models: ModelDescription[]) => void;
  private models?: Promise<ModelDescription[]>;

  constructor(private readonly options: RenderPoolOptions) {
    if (options.size > 0) this.models = new Promise((resolve) => (this.learn = resolve));
  }

  start(): void {
    this.loops = Array.from({ length: this.options.size }, () => this.keepOne());
  }

  /** Kills what still runs. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.children.forEach((child) => child.kill());
    await Promise.all(this.loops);
  }

  /** Whether at least one process can take work, now or after what it has in hand. */
  get isReady(): boolean {
    return this.ready.size > 0;
  }

  get pids(): number[] {
    return [...this.ready].flatMap((child) => child.pid ?? []);
  }

  /** What the processes can render; without any, one is started to tell, so that no bank is loaded into the service. */
  describe(): Promise<ModelDescription[]> {
    this.models ??= this.askOne();
    return this.models;
  }

  /**
   * Waits for a free process. Rejects with the signal's reason as soon as it is aborted, and tells nothing more: the
   * process may take longer to stop, and find its folder gone; it is offered again when it has.
   */
  async render(task: RenderTask, signal: AbortSignal): Promise<RenderResult> {
    const child = await this.take(signal);
    const rendering = child.render(untilAborted(task, signal), signal).finally(() => {
      if (this.ready.has(child)) this.offer(child);
    });
    return unlessAborted(rendering, signal);
  }

  private async keepOne(): Promise<void> {
    for (let delayMs = restartMsMin; !this.stopping.signal.aborted;) {
      const { entry, settings, obeyWithinMs } = this.options;
      const child = RenderChild.start(entry, settings, obeyWithinMs);
      this.children.add(child);
      try {
        this.learn(await child.ready);
        delayMs = restartMsMin;
        this.ready.add(child);
        this.offer(child);
        await child.exited;
      } catch (error) {
        if (!this.stopping.signal.aborted) this.options.logger.error({ err: error }, 'a render process did not start');
        delayMs = Math.min(delayMs * 2, restartMsMax);
      }
      for (const group of [this.children, this.ready, this.idle]) group.delete(child);
      await wait(delayMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async askOne(): Promise<ModelDescription[]> {
    const child = RenderChild.start(this.options.entry, this.options.settings);
    try {
      return await child.ready;
    } catch (error) {
      this.models = undefined;
      this.options.logger.error({ err: error }, 'a render process did not start');
      throw error;
    } finally {
      child.kill();
    }
  }

  private offer(child: RenderChild): void {
    for (const taker of this.waiting) {
      this.waiting.delete(taker);
      return taker(child);
    }
    this.idle.add(child);
  }

  private take(signal: AbortSignal): Promise<RenderChild> {
    signal.throwIfAborted();
    for (const child of this.idle) {
      this.idle.delete(child);
      return Promise.resolve(child);
    }
    return new Promise((resolve, reject) => {
      const taker = (child: RenderChild) => {
        signal.removeEventListener('abort', giveUp);
        resolve(child);
      };
      const giveUp = () => {
        this.waiting.delete(taker);
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.waiting.add(taker);
    });
  }
}

const untilAborted = (task: RenderTask, signal: AbortSignal): RenderTask => ({
  ...task,
  onProgress: (progress) => signal.aborted || task.onProgress(progress),
  onPreview: (piece) => signal.aborted || task.onPreview?.(piece),
});

/** Settles as the work does, or rejects when the signal is aborted before. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let giveUp = () => {};
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
