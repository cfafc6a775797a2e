/** What of the clock survives a restart. */
export interface ClockState {
  readonly offsetMs: number;
  /** Set: the clock stands still there. */
  readonly frozenAtMs: number | null;
}

/** The time at the platforms: this machine's, moved and stopped as a test wants it. */
export class VirtualClock {
  private offsetMs = 0;
  private frozenAtMs: number | null = null;

  constructor(private readonly realNow: () => number = Date.now) {}

  now(): number {
    return this.frozenAtMs ?? this.realNow() + this.offsetMs;
  }

  nowSeconds(): number {
    return Math.floor(this.now() / 1000);
  }

  get state(): ClockState {
    return { offsetMs: this.offsetMs, frozenAtMs: this.frozenAtMs };
  }

  restore(state: ClockState): void {
    this.offsetMs = state.offsetMs;
    this.frozenAtMs = state.frozenAtMs;
  }

  advance(ms: number): void {
    this.set(this.now() + ms);
  }

  set(nowMs: number): void {
    if (this.frozenAtMs === null) this.offsetMs = nowMs - this.realNow();
    else this.frozenAtMs = nowMs;
  }

  freeze(): void {
    this.frozenAtMs = this.now();
  }

  unfreeze(): void {
    const now = this.now();
    this.frozenAtMs = null;
    this.set(now);
  }

  reset(): void {
    this.restore({ offsetMs: 0, frozenAtMs: null });
  }
}

/** The same day some months later, as platforms count; the last day of the month where it has no such day. */
export function addMonths(ms: number, months: number): number {
  const date = new Date(ms);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}
