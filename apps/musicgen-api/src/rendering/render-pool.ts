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
  logger: Logger;
}

/** Render processes that are kept warm: started at once, replaced when they end, each with one generation at a time. */
export class RenderPool {
  private readonly children = new Set<RenderChild>();
  private readonly idle: RenderChild[] = [];
  private readonly waiting = new Set<(child: RenderChild) => void>();
  private readonly stopping = new AbortController();
  private loops: Promise<void>[] = [];
  private models?: Promise<ModelDescription[]>;

  constructor(private readonly options: RenderPoolOptions) {}

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
    return this.idle.length > 0 || [...this.children].some((child) => this.isBusy(child));
  }

  get pids(): number[] {
    return [...this.children].flatMap((child) => child.pid ?? []);
  }

  /** Asked of a process of its own, once, so that no bank is loaded into the service. */
  describe(): Promise<ModelDescription[]> {
    this.models ??= this.askForModels().catch((error) => {
      this.models = undefined;
      throw error;
    });
    return this.models;
  }

  async render(task: RenderTask, signal: AbortSignal): Promise<RenderResult> {
    const child = await this.take(signal);
    this.busy.add(child);
    try {
      return await child.render(task, signal);
    } finally {
      this.busy.delete(child);
      if (this.children.has(child)) this.offer(child);
    }
  }
}
