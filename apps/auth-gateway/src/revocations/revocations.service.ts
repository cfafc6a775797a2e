import { revocationAnnounced } from '@musicgen/platform-contracts';
import { LiveEvents, LOGGER, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { RevocationsStore, type Transaction } from './revocations.store';

/** The sequence is read so often: half of the second that a revocation may take. */
const readEveryMs = 500;
/** What was read holds so long, from the moment it was asked for. */
const currentForMs = 1_000;
/** Slower than this, Postgres counts as away. */
const readWithinMs = 500;
/** With Postgres away for longer, nobody is let in from memory: what is known is too old. */
const memoryHoldsMs = 3_600_000;

/** Ids of what has changed; each may be left out. */
export interface Announcement {
  keys?: readonly string[];
  sessions?: readonly string[];
  users?: readonly string[];
}

type Listener = (id: string | null) => void;

/**
 * Tells all replicas that rights have changed. What replicas remember of keys, sessions and users holds as long as the
 * sequence in Postgres, read twice a second, does not say otherwise; NATS is the shortcut, nothing depends on it.
 */
@Injectable()
export class Revocations implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly listeners: Listener[] = [];
  private seq: number | null = null;
  /** Counts what was heard, so that a look-up can tell whether it was overtaken. */
  private heard = 0;
  private currentUntil = 0;
  private readAt = 0;
  private isAway = false;
  private reading?: Promise<void>;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly store: RevocationsStore,
    private readonly live: LiveEvents,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * To be called in the transaction of every change of what a key, a session or a user may do (revoked, rotated, ended,
   * other tier, role or lock, deleted), as its last statement: it locks the sequence until the commit. Once that is done,
   * every replica forgets what it knew and closes the event streams of these ids within a second; this one at once.
   */
  async announce(tx: Transaction, { keys = [], sessions = [], users = [] }: Announcement): Promise<void> {
    const ids = [...keys, ...sessions, ...users];
    if (ids.length === 0) return;
    await this.store.append(tx, ids, () => {
      this.hear(ids);
      this.live.publish(revocationAnnounced, { ids });
    });
  }

  /** Calls with each id that changed, or with null when anything may have. */
  onChange(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Whether what is remembered may be used; if not at once, whether it may once the sequence has been read. */
  holds(): boolean {
    const now = Date.now();
    return now < this.currentUntil || (this.isAway && now < this.readAt + memoryHoldsMs);
  }

  /** Reads the sequence if that is due; then `holds` tells. */
  async refresh(): Promise<void> {
    if (!this.holds()) await this.read();
  }

  /** Changes with every change that is heard of; null: nothing may be remembered yet. */
  version(): number | null {
    return this.seq === null ? null : this.heard;
  }

  onApplicationBootstrap(): void {
    this.live.subscribe(revocationAnnounced, ({ ids }) => this.hear(ids));
    this.timer = setInterval(() => void this.read(), readEveryMs);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Settles when the sequence has been read, or Postgres counts as away. One question at a time. */
  private async read(): Promise<void> {
    this.reading ??= this.ask().finally(() => (this.reading = undefined));
    let late: NodeJS.Timeout | undefined;
    const isLate = new Promise<void>((resolve) => {
      late = setTimeout(() => {
        this.isAway = true;
        resolve();
      }, readWithinMs);
    });
    await Promise.race([this.reading, isLate]);
    clearTimeout(late);
  }

  private async ask(): Promise<void> {
    const askedAt = Date.now();
    try {
      const { seq, ids } = await this.store.read(this.seq);
      if (this.seq === null || seq !== this.seq) this.hear(ids);
      this.seq = seq;
      this.readAt = askedAt;
      this.currentUntil = askedAt + currentForMs;
      if (this.isAway) this.logger.info('the revocation sequence is read again');
      this.isAway = false;
    } catch (err) {
      if (!this.isAway) this.logger.warn({ err }, 'the revocation sequence cannot be read');
      this.isAway = true;
    }
  }

  private hear(ids: readonly string[] | null): void {
    this.heard++;
    for (const id of ids ?? [null]) this.listeners.forEach((listener) => listener(id));
  }
}
