/**
 * Runs one piece of work over and over: when woken, at an interval, and again at once while it says that there is more.
 * Never twice at the same time.
 */
export class Pump {
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private isWoken = false;
  private isStopped = true;

  constructor(
    private readonly work: () => Promise<boolean>,
    private readonly intervalMs: number,
  ) {}

  start(): void {
    this.isStopped = false;
    this.wake();
  }

  wake(): void {
    if (this.isStopped) return;
    this.isWoken = true;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
      if (this.isWoken) this.wake();
    });
  }

  /** Waits for the work in hand; starts no more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.isWoken = false;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    clearTimeout(this.timer);
    while (this.isWoken && !this.isStopped) {
      this.isWoken = false;
      if (await this.work()) this.isWoken = true;
    }
    if (!this.isStopped) this.timer = setTimeout(() => this.wake(), this.intervalMs);
  }
}
