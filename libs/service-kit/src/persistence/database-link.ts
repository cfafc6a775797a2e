import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Logger } from '../logging/logger';

/**
 * Connects the service's data source in the background and tells whether it can be used: Postgres answers and every
 * migration has been run. Migrations are never run here.
 */
export class DatabaseLink {
  private isMigrated = false;
  private isStopped = false;

  constructor(
    readonly dataSource: DataSource,
    private readonly logger: Logger,
  ) {}

  async connectForever(): Promise<void> {
    for (let delayMs = 100; !this.isStopped; delayMs = Math.min(delayMs * 2, 2_000)) {
      try {
        if (!this.dataSource.isInitialized) await this.dataSource.initialize();
        if (await this.isReady()) return;
        this.logger.info('waiting for the migrations to be run');
      } catch (error) {
        this.logger.warn({ problem: (error as Error).message }, 'Postgres is away; trying again');
      }
      await wait(delayMs);
    }
  }

  async isReady(): Promise<boolean> {
    if (!this.dataSource.isInitialized) return false;
    if (this.isMigrated) return (await this.dataSource.query('SELECT 1')).length === 1;
    this.isMigrated = await this.hasAllMigrations();
    return this.isMigrated;
  }

  /** TypeORM's own check would try to create its table, which the service's role may not. */
  private async hasAllMigrations(): Promise<boolean> {
    const rows: { name: string }[] = await this.dataSource.query('SELECT name FROM migrations');
    const done = new Set(rows.map((row) => row.name));
    return this.dataSource.migrations.every((migration) => done.has(migration.name ?? migration.constructor.name));
  }

  async close(): Promise<void> {
    this.isStopped = true;
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}
