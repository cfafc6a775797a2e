import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Logger } from '../logging/logger';

/**
 * Connects the service's data source in the background and tells whether it can be used: Postgres answers and every
 * migration has been run. Migrations are never run here.
 */
export class DatabaseLink {
  private isMigrated = false;
  private readonly stopping = new AbortController();
  private connecting?: Promise<void>;

  constructor(
    readonly dataSource: DataSource,
    private readonly logger: Logger,
  ) {}

  /** Settles when the database can be used for the first time, or when the service stops. */
  connected(): Promise<void> {
    return (this.connecting ??= this.connectForever());
  }

  async isReady(): Promise<boolean> {
    if (!this.dataSource.isInitialized) return false;
    if (this.isMigrated) return (await this.dataSource.query('SELECT 1')).length === 1;
    this.isMigrated = await this.hasAllMigrations();
    return this.isMigrated;
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.connecting;
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private async connectForever(): Promise<void> {
    let told = '';
    const tell = (problem: string) => {
      if (problem !== told) this.logger.warn({ problem }, 'the database cannot be used yet; trying again');
      told = problem;
    };
    for (let delayMs = 100; !this.stopping.signal.aborted; delayMs = Math.min(delayMs * 2, 2_000)) {
      try {
        if (!this.dataSource.isInitialized) await this.dataSource.initialize();
        if (await this.isReady()) return;
        tell('migrations are missing');
      } catch (error) {
        tell((error as Error).message || String((error as { code?: string }).code));
      }
      await wait(delayMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** TypeORM's own check would try to create its table, which the service's role may not. */
  private async hasAllMigrations(): Promise<boolean> {
    const [table] = await this.dataSource.query(`SELECT to_regclass('migrations') IS NOT NULL AS exists`);
    if (!table.exists) return false;
    const rows: { name: string }[] = await this.dataSource.query('SELECT name FROM migrations');
    const done = new Set(rows.map((row) => row.name));
    return this.dataSource.migrations.every((migration) => done.has(migration.name ?? migration.constructor.name));
  }
}
