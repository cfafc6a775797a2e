import { AppError } from '@musicgen/error-codes';
import type { AuditAction, AuditEntry, Principal } from '@musicgen/platform-contracts';
import { asAppError, LOGGER, newId, type Call, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock';
import type { Credential } from '../credentials/credential.entity';
import type { Tx } from '../credentials/credentials.store';
import { toLines } from './audit-lines';
import { AuditStore } from './audit.store';

export type About = Pick<Credential, 'id' | 'platform'>;
/** The call that asked for it; undefined: the vault does it by itself. */
export type By =
  | (Pick<Call, 'requestId' | 'caller'> & {
      principal?: Pick<Principal, 'user_id' | 'key_id' | 'session_id'>;
    })
  | undefined;

const flushAfterMs = 1_000;
const batchMax = 500;
/** Longer than that no use may stay unwritten. */
const patienceMs = 10_000;

/**
 * On record is every use and change of a secret: a change in its own transaction, uses together, a second's or 500 of them,
 * off the way of those who ask.
 */
@Injectable()
export class Audit implements OnApplicationShutdown {
  private readonly replica = newId('job');
  private pending: AuditEntry[] = [];
  private unwrittenSince?: number;
  private timer?: NodeJS.Timeout;
  private writing?: Promise<void>;
  /** So many of the pending ones are written even if they are no full batch. */
  private due = 0;
  private lastAt = { ms: 0, text: '' };

  constructor(
    private readonly store: AuditStore,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** In the transaction of the change, as its last step: changes wait for one another from here on. */
  change(tx: Tx, by: By, credential: About, ...actions: AuditAction[]): Promise<void> {
    return this.append(
      tx,
      actions.map((action) => this.entry(by, credential, action, 'ok')),
    );
  }

  /** The same for a change after which other credentials are no longer the active one. */
  switched(tx: Tx, by: By, from: readonly About[], to?: About): Promise<void> {
    const entries = from.map((credential) => this.entry(by, credential, 'deactivated', 'ok'));
    if (to) entries.push(this.entry(by, to, 'activated', 'ok'));
    return this.append(tx, entries);
  }

  /** Written within a second; a crash may lose that second. */
  use(by: By, credential: About, action: AuditAction, outcome = 'ok'): void {
    this.pending.push(this.entry(by, credential, action, outcome));
    this.unwrittenSince ??= this.clock.elapsedMs();
    if (this.pending.length >= batchMax) void this.write();
    else this.flushSoon();
  }

  /** Runs a use, and puts on record what came of it. */
  async used<T>(by: By, credential: About, action: AuditAction, work: () => T | Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.use(by, credential, action);
      return result;
    } catch (error) {
      this.use(by, credential, action, asAppError(error).code);
      throw error;
    }
  }

  /** Throws SERVICE_UNAVAILABLE while uses cannot be written: what cannot be put on record does not happen. */
  mustBeWritable(): void {
    if (this.unwrittenSince === undefined || this.clock.elapsedMs() - this.unwrittenSince < patienceMs) return;
    throw new AppError('SERVICE_UNAVAILABLE', { details: 'Uses cannot be put on record', retryAfterSeconds: 5 });
  }

  /** When nobody uses anything any more: calls are answered by now, and what renews and checks by itself has stopped. */
  async onApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** Waits for what is being written, then writes what has come until now. */
  flush(): Promise<void> {
    this.due = this.pending.length;
    return this.write();
  }

  private write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    return (this.writing ??= this.writeDue().finally(() => {
      this.writing = undefined;
      if (this.pending.length > 0) this.flushSoon();
    }));
  }

  /** What comes meanwhile waits for its own batch to be full: many small ones cost many times as much. */
  private async writeDue(): Promise<void> {
    while (this.due > 0 || this.pending.length >= batchMax) {
      const batch = this.pending.splice(0, batchMax);
      this.due -= batch.length;
      const since = this.clock.elapsedMs();
      try {
        await this.store.transaction((tx) => this.append(tx, batch));
        this.unwrittenSince = this.pending.length > 0 ? since : undefined;
      } catch (error) {
        this.pending.unshift(...batch);
        this.logger.error({ err: error, uses: this.pending.length }, 'uses cannot be put on record yet');
        return;
      }
    }
  }

  private flushSoon(): void {
    this.timer ??= setTimeout(() => void this.flush(), flushAfterMs).unref();
  }

  private async append(tx: Tx, entries: AuditEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.store.append(tx, {
      at: this.clock.now(),
      replica: this.replica,
      entries: toLines(entries),
      credentialIds: [...new Set(entries.map((entry) => entry.credential_id))],
    });
  }

  /** Written out once for all uses of the same millisecond. */
  private at(): string {
    const now = this.clock.now();
    const ms = now.getTime();
    if (ms !== this.lastAt.ms) this.lastAt = { ms, text: now.toISOString() };
    return this.lastAt.text;
  }

  private entry(by: By, { id, platform }: About, action: AuditAction, outcome: string): AuditEntry {
    return {
      at: this.at(),
      action,
      credential_id: id,
      platform,
      outcome,
      user_id: by?.principal?.user_id ?? null,
      key_id: by?.principal?.key_id ?? null,
      session_id: by?.principal?.session_id ?? null,
      service: by?.caller ?? 'vault',
      request_id: by?.requestId ?? this.replica,
    };
  }
}
