import type { VirtualClock } from './state/clock';

/** A request that came in, without a secret in it. */
export interface JournalEntry {
  readonly id: number;
  /** On the virtual clock. */
  readonly at: string;
  readonly platform: string;
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly client: string | null;
  readonly user: string | null;
  readonly grantType: string | null;
  /** The fault that hit it. */
  fault: string | null;
  /** Whether the platform did what was asked for, whatever the caller was told. */
  isProcessed: boolean;
  /** null: not answered yet, or never. */
  status: number | null;
  outcome: 'open' | 'answered' | 'cut';
}

/** What to look for in the journal. */
export interface JournalFilter {
  platform?: string;
  host?: string;
  method?: string;
  path?: string;
  client?: string;
  user?: string;
  grantType?: string;
  after?: number;
}

/** Every request to a platform, in the order in which they came, for as long as they fit. */
export class Journal {
  private entries: JournalEntry[] = [];
  private lastId = 0;

  constructor(
    private readonly clock: VirtualClock,
    private readonly entriesMax = 50_000,
  ) {}

  open(facts: Omit<JournalEntry, 'id' | 'at' | 'fault' | 'isProcessed' | 'status' | 'outcome'>): JournalEntry {
    this.lastId += 1;
    const at = new Date(this.clock.now()).toISOString();
    const opened = { fault: null, isProcessed: false, status: null, outcome: 'open' } as const;
    const entry: JournalEntry = { id: this.lastId, at, ...facts, ...opened };
    this.entries.push(entry);
    if (this.entries.length > this.entriesMax) this.entries.splice(0, this.entriesMax / 10);
    return entry;
  }

  list(filter: JournalFilter): JournalEntry[] {
    const { after = 0, path, ...exact } = filter;
    const isPath = path === undefined ? () => true : pathMatcher(path);
    const wanted = Object.entries(exact) as [keyof JournalEntry, string | undefined][];
    return this.entries.filter(
      (entry) =>
        entry.id > after &&
        isPath(entry.path) &&
        wanted.every(([key, value]) => value === undefined || entry[key] === value),
    );
  }

  clear(): void {
    this.entries = [];
  }
}

/** Tells whether a path fits a pattern, in which `*` stands for anything. */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const form = new RegExp(`^${parts.join('.*')}$`);
  return (path) => form.test(path);
}

const secrets = new Set(
  'key access_token client_secret secret code refresh_token code_verifier code_challenge state signature token'.split(
    ' ',
  ),
);

/** A query with its secrets taken out. */
export function maskQuery(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...query].map(([name, value]) => [name, secrets.has(name) ? '***' : value]));
}
