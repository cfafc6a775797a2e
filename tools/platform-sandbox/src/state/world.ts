import { Journal } from '../journal';
import { VirtualClock, type ClockState } from './clock';
import type { Client, Code, Counter, Grant, Token, User } from './rows';
import { Table } from './table';

interface Row {
  readonly id: string;
}

/** Everything of the world that survives a restart. */
export interface Snapshot {
  readonly clock: ClockState;
  readonly tables: Readonly<Record<string, readonly Row[]>>;
}

/** What all platforms share: the time, who exists, and what was given out. */
export class World {
  readonly clock: VirtualClock;
  readonly journal: Journal;
  private readonly tables = new Map<string, Table<never>>();
  private onChange: () => void = () => undefined;

  constructor(realNow?: () => number) {
    this.clock = new VirtualClock(realNow);
    this.journal = new Journal(this.clock);
  }

  get clients(): Table<Client> {
    return this.table('clients');
  }
  get users(): Table<User> {
    return this.table('users');
  }
  get grants(): Table<Grant> {
    return this.table('grants');
  }
  get codes(): Table<Code> {
    return this.table('codes');
  }
  get tokens(): Table<Token> {
    return this.table('tokens');
  }
  get counters(): Table<Counter> {
    return this.table('counters');
  }

  /** A table by its name; a platform makes its own this way. */
  table<T extends Row>(name: string): Table<T> {
    const table = this.tables.get(name) ?? new Table<never>(() => this.onChange());
    this.tables.set(name, table);
    return table as unknown as Table<T>;
  }

  client(platform: string, clientId: string | null | undefined): Client | undefined {
    return this.clients.find(`${platform}/${clientId}`);
  }

  /** A token of this platform that is good now. */
  liveToken(platform: string, token: string | null | undefined): Token | undefined {
    const row = this.tokens.find(token ?? '');
    return row?.platform === platform && this.isLive(row) ? row : undefined;
  }

  isLive(token: Token): boolean {
    const now = this.clock.now();
    return token.revokedAt === null && (token.expiresAt === null || token.expiresAt > now);
  }

  /** Counts one more in a window, and returns how many there were before it. */
  count(id: string, window: string, weight = 1): number {
    const row = this.counters.find(id);
    const before = row?.window === window ? row.count : 0;
    this.counters.put({ id, window, count: before + weight });
    return before;
  }

  /** Ends a user's consent, with every token of it. */
  revokeGrant(grant: Grant): void {
    const revokedAt = this.clock.now();
    this.grants.update(grant.id, { revokedAt });
    const ofGrant = (token: Token) =>
      token.platform === grant.platform && token.clientId === grant.clientId && token.userId === grant.userId;
    for (const token of this.tokens.list(ofGrant)) this.tokens.update(token.id, { revokedAt });
  }

  /** Told of every change from now on. */
  watch(onChange: () => void): void {
    this.onChange = onChange;
  }

  /** The clock was moved: that is a change too. */
  touch(): void {
    this.onChange();
  }

  snapshot(): Snapshot {
    const tables = [...this.tables].map(([name, table]) => [name, table.list()] as const);
    return { clock: this.clock.state, tables: Object.fromEntries(tables) };
  }

  restore(snapshot: Snapshot): void {
    this.clock.restore(snapshot.clock);
    for (const [name, rows] of Object.entries(snapshot.tables)) this.table(name).restore(rows);
  }

  /** As on the first day. */
  clear(): void {
    for (const table of this.tables.values()) table.restore([]);
    this.clock.reset();
    this.journal.clear();
    this.onChange();
  }
}
