import type { Mode, Principal } from '@musicgen/platform-contracts';
import { dayOf } from './usage-range';

export interface RequestCount {
  userId: string;
  mode: Mode;
  day: string;
  /** Empty: a session made by password. */
  keyId: string;
  route: string;
  statusClass: string;
  requests: number;
}

/** What has happened since it was taken last. */
export interface Counted {
  counts: RequestCount[];
  /** Key id → milliseconds since 1970. */
  lastUsed: Map<string, number>;
}

/** Beyond this many different ones, further kinds of requests are not counted until these are stored. */
const kindsMax = 100_000;

/** Counts requests in memory: what is done on a request's path is one look-up. */
export class RequestCounts {
  private counts = new Map<string, RequestCount>();
  private lastUsed = new Map<string, number>();
  private day = '';
  private dayEndsAt = 0;

  constructor(private readonly max = kindsMax) {}

  add({ user_id: userId, mode, key_id: keyId = '' }: Principal, route: string, status: number, now: number): void {
    if (now >= this.dayEndsAt) this.startDay(now);
    const { day } = this;
    const statusClass = `${Math.floor(status / 100)}xx`;
    this.note({ userId, mode, day, keyId, route, statusClass, requests: 1 });
    if (keyId !== '') this.noteUse(keyId, now);
  }

  /** All that was counted; from now on it is the caller's to store or to give back. */
  take(): Counted {
    const counted = { counts: [...this.counts.values()], lastUsed: this.lastUsed };
    this.counts = new Map();
    this.lastUsed = new Map();
    return counted;
  }

  /** What could not be stored waits for the next time. */
  giveBack({ counts, lastUsed }: Counted): void {
    for (const count of counts) this.note(count);
    for (const [keyId, at] of lastUsed) this.noteUse(keyId, at);
  }

  private note(count: RequestCount): void {
    const { userId, mode, day, keyId, route, statusClass } = count;
    const kind = `${userId} ${mode} ${day} ${keyId} ${statusClass} ${route}`;
    const known = this.counts.get(kind);
    if (known) known.requests += count.requests;
    else if (this.counts.size < this.max) this.counts.set(kind, count);
  }

  private noteUse(keyId: string, at: number): void {
    const known = this.lastUsed.get(keyId);
    if (known === undefined ? this.lastUsed.size < this.max : known < at) this.lastUsed.set(keyId, at);
  }

  private startDay(now: number): void {
    this.day = dayOf(now);
    this.dayEndsAt = Date.parse(this.day) + 86_400_000;
  }
}
