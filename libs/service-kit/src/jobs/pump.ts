/**
 * Runs one piece of work over and over: when woken, at an interval, and again at once while it says that there is more.
 * Never twice at the same time. Work that fails is done again the next time; `failed` tells the log why.
 */
export class Pump {
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private isWoken = false;
  private state: 'new' | 'started' | 'stopped' = 'new';

  constructor(
    private readonly work: () => Promise<boolean | void>,
    private readonly intervalMs: number,
    private readonly failed: (error: unknown) => void = rethrow,
  ) {}

  /** Nothing once it was stopped: whoever starts it when something is ready may come too late. */
  start(): void {
    if (this.state !== 'new') return;
    this.state = 'started';
    this.wake();
  }

  wake(): void {
    if (this.state !== 'started') return;
    this.isWoken = true;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
      if (this.isWoken) this.wake();
    });
  }

  /** Waits for the work in hand; starts no more. */
  async stop(): Promise<void> {
    this.state = 'stopped';
    this.isWoken = false;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    clearTimeout(this.timer);
    while (this.isWoken && this.state === 'started') {
      this.isWoken = false;
      if (await this.isMoreToDo()) this.isWoken = true;
    }
    if (this.state === 'started') this.timer = setTimeout(() => this.wake(), this.intervalMs);
  }

  private async isMoreToDo(): Promise<boolean> {
    try {
      return (await this.work()) === true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }
}

function rethrow(error: unknown): never {
  throw error;
}
