import { AppError } from '@musicgen/error-codes';
import type { AuditAction, AuditEntry } from '@musicgen/platform-contracts';
import { LOGGER, newId, type Call, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock';
import type { Credential } from '../credentials/credential.entity';
import type { Tx } from '../credentials/credentials.store';
import { AuditStore } from './audit.store';

export type About = Pick<Credential, 'id' | 'platform'>;
type By = Pick<Call, 'principal' | 'requestId' | 'caller'> | undefined;

const flushAfterMs = 1_000;
const batchMax = 500;
/** Longer than that no use may stay unwritten. */
const patienceMs = 10_000;

/**
 * On record is every use and change of a secret: a change in its own transaction, uses together, a second's or 500 of them,
 * off the way of those who ask. `by` is the call that asked for it; undefined: the vault did it by itself.
 */
@Injectable()
export class Audit implements BeforeApplicationShutdown {
  private readonly replica = newId('job');
  private pending: AuditEntry[] = [];
  private unwrittenSince?: number;
  private timer?: NodeJS.Timeout;
  private flushing?: Promise<void>;

  constructor(
    private readonly store: AuditStore,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** In the transaction of the change, as its last step: changes wait for one another from here on. */
  async change(tx: Tx, by: By, credential: About, action: AuditAction): Promise<void> {
    await this.append(tx, [this.entry(by, credential, action, 'ok')]);
  }

  /** Written within a second; a crash may lose that second. */
  use(by: By, credential: About, action: AuditAction, outcome = 'ok'): void {
    this.pending.push(this.entry(by, credential, action, outcome));
    this.unwrittenSince ??= this.now();
    if (this.pending.length >= batchMax) return void this.flush();
    this.flushSoon();
  }

  /** Throws SERVICE_UNAVAILABLE while uses cannot be written: what cannot be put on record does not happen. */
  mustBeWritable(): void {
    if (this.unwrittenSince === undefined || this.now() - this.unwrittenSince < patienceMs) return;
    throw new AppError('SERVICE_UNAVAILABLE', { details: 'Uses cannot be put on record', retryAfterSeconds: 5 });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** Waits for what is being written, then writes what has come since. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    return (this.flushing ??= this.writeAll().finally(() => (this.flushing = undefined)));
  }

  private async writeAll(): Promise<void> {
    while (this.pending.length > 0) {
      const batch = this.pending.splice(0, batchMax);
      const since = this.now();
      try {
        await this.store.transaction((tx) => this.append(tx, batch));
        this.unwrittenSince = this.pending.length > 0 ? since : undefined;
      } catch (error) {
        this.pending.unshift(...batch);
        this.logger.error({ err: error, uses: this.pending.length }, 'uses cannot be put on record yet');
        return this.flushSoon();
      }
    }
  }

  private flushSoon(): void {
    this.timer ??= setTimeout(() => void this.flush(), flushAfterMs).unref();
  }

  private now(): number {
    return this.clock.now().getTime();
  }

  private append(tx: Tx, entries: AuditEntry[]): Promise<void> {
    return this.store.append(tx, {
      at: this.clock.now(),
      replica: this.replica,
      entries: JSON.stringify(entries),
      credentialIds: [...new Set(entries.map((entry) => entry.credential_id))],
    });
  }

  private entry(by: By, { id, platform }: About, action: AuditAction, outcome: string): AuditEntry {
    return {
      at: this.clock.now().toISOString(),
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
