import type { SecurityAction } from '@musicgen/platform-contracts';

const minuteMs = 60_000;
/** So many groups of addresses in one minute have a row of their own; all others share one. */
const groupsMax = 1_000;
/** Of those that were tried, so many are named. */
const triedMax = 20;

export interface Refusal {
  action: SecurityAction;
  /** The code of the error. */
  outcome: string;
  /** What limits count by: an address, or the /64 of one. */
  group: string;
  /** The address that somebody tried to log in with. */
  email?: string;
}

export interface RefusalCount {
  action: SecurityAction;
  outcome: string;
  /** Null: many groups. */
  group: string | null;
  /** Milliseconds since 1970. */
  minute: number;
  emails: string[];
  count: number;
}

/** Counts what is refused, by action, outcome, group of addresses and minute, in bounded memory: whoever sprays adds to a number. */
export class RefusalCounts {
  private counts = new Map<string, RefusalCount>();
  /** The last one that was added to: a flood is of one kind. */
  private last: RefusalCount | undefined;

  add({ action, outcome, group, email }: Refusal, now: number): void {
    const minute = now - (now % minuteMs);
    const { last } = this;
    const isLike =
      last?.minute === minute && last.group === group && last.outcome === outcome && last.action === action;
    if (isLike && email === undefined) return void last.count++;
    this.last = this.merge({ action, outcome, group, minute, emails: email === undefined ? [] : [email], count: 1 });
  }

  /** All that was counted; counting starts anew. */
  take(): RefusalCount[] {
    const taken = [...this.counts.values()];
    this.counts = new Map();
    this.last = undefined;
    return taken;
  }

  /** What was taken and could not be stored. */
  giveBack(counts: readonly RefusalCount[]): void {
    counts.forEach((count) => this.merge(count));
  }

  private merge(more: RefusalCount): RefusalCount {
    const name = `${more.action} ${more.outcome} ${more.group} ${more.minute}`;
    const known = this.counts.get(name);
    if (!known && this.counts.size >= groupsMax && more.group !== null) return this.merge({ ...more, group: null });
    if (!known) {
      const first = { ...more };
      this.counts.set(name, first);
      return first;
    }
    known.count += more.count;
    if (more.emails.length > 0) known.emails = [...new Set([...known.emails, ...more.emails])].slice(0, triedMax);
    return known;
  }
}

/** The same on every replica: their rows become one. */
export const nameOf = ({ action, outcome, group, minute }: RefusalCount): string =>
  JSON.stringify([action, outcome, group, minute]);
