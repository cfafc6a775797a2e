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
  /** Of `counts`, those that were added to, by whom, what and how it ended: to name them anew takes longer. */
  private ofPrincipals = new WeakMap<Principal, Map<string, (RequestCount | undefined)[]>>();
  private day = '';
  private dayEndsAt = 0;

  constructor(private readonly max = kindsMax) {}

  add(principal: Principal, route: string, status: number, now: number): void {
    if (now >= this.dayEndsAt) this.startDay(now);
    const { user_id: userId, mode, key_id: keyId = '' } = principal;
    const hundreds = Math.floor(status / 100);
    const byStatus = this.routeOf(principal, route);
    const known = byStatus[hundreds];
    if (known) known.requests++;
    else {
      const count = { userId, mode, day: this.day, keyId, route, statusClass: `${hundreds}xx`, requests: 1 };
      byStatus[hundreds] = this.note(count);
    }
    if (keyId !== '') this.noteUse(keyId, now);
  }

  /** All that was counted; from now on it is the caller's to store or to give back. */
  take(): Counted {
    const counted = { counts: [...this.counts.values()], lastUsed: this.lastUsed };
    this.counts = new Map();
    this.lastUsed = new Map();
    this.ofPrincipals = new WeakMap();
    return counted;
  }

  /** What could not be stored waits for the next time. */
  giveBack({ counts, lastUsed }: Counted): void {
    for (const count of counts) this.note(count);
    for (const [keyId, at] of lastUsed) this.noteUse(keyId, at);
  }

  private routeOf(principal: Principal, route: string): (RequestCount | undefined)[] {
    let routes = this.ofPrincipals.get(principal);
    if (!routes) this.ofPrincipals.set(principal, (routes = new Map()));
    let byStatus = routes.get(route);
    if (!byStatus) routes.set(route, (byStatus = []));
    return byStatus;
  }

  /** The count that it became part of; undefined: there are too many. */
  private note(count: RequestCount): RequestCount | undefined {
    const { userId, mode, day, keyId, route, statusClass } = count;
    const kind = `${userId} ${mode} ${day} ${keyId} ${statusClass} ${route}`;
    const known = this.counts.get(kind);
    if (known) {
      known.requests += count.requests;
      return known;
    }
    if (this.counts.size >= this.max) return undefined;
    this.counts.set(kind, count);
    return count;
  }

  private noteUse(keyId: string, at: number): void {
    const known = this.lastUsed.get(keyId);
    if (known === undefined ? this.lastUsed.size < this.max : known < at) this.lastUsed.set(keyId, at);
  }

  private startDay(now: number): void {
    this.day = dayOf(now);
    this.ofPrincipals = new WeakMap();
    this.dayEndsAt = Date.parse(this.day) + 86_400_000;
  }
}
