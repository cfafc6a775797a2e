/** What to do about a process that has ended. */
export type Verdict = { action: 'restart'; afterMs: number } | { action: 'give up' };

const firstDelayMs = 500;
const delayMsMax = 30_000;
const windowMs = 60_000;
const deathsMax = 5;

/** Restarts after 0.5 s, 1 s, 2 s, …, from the start again once it was up for a minute; gives up at five deaths within a minute. */
export class RestartPolicy {
  private deaths: number[] = [];
  private inARow = 0;

  /** Times in milliseconds, of one clock. */
  died(startedAt: number, now: number): Verdict {
    this.inARow = now - startedAt >= windowMs ? 1 : this.inARow + 1;
    this.deaths = [...this.deaths, now].filter((at) => now - at < windowMs);
    if (this.deaths.length >= deathsMax) return { action: 'give up' };
    return { action: 'restart', afterMs: Math.min(firstDelayMs * 2 ** (this.inARow - 1), delayMsMax) };
  }
}
