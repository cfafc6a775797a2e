import { HealthIndicatorService } from '@nestjs/terminus';
import type { DatabaseLink } from '../persistence/database-link';
import type { NatsLink } from '../nats/nats-link';

/** Tells whether one thing that the service needs is there. */
export type ReadinessCheck = () => boolean | Promise<boolean>;

/** Whether the service can do its work now, part by part. While it stops, it is not ready. */
export class Health {
  private readonly checks = new Map<string, ReadinessCheck>();
  private isAnswering = false;
  private isStopping = false;

  constructor(nats: NatsLink, database: DatabaseLink) {
    this.checks.set('nats', () => nats.isUp && this.isAnswering);
    this.checks.set('postgres', () => database.isReady());
  }

  add(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** From now on nats-server hands us calls; before, whoever believed that we are ready would hear that nobody is there. */
  startAnswering(): void {
    this.isAnswering = true;
  }

  startStopping(): void {
    this.isStopping = true;
  }

  async check(): Promise<{ ready: boolean; checks: Record<string, boolean> }> {
    const entries = [...this.checks].map(async ([name, check]) => [name, await holds(check)] as const);
    const checks = Object.fromEntries(await Promise.all(entries));
    return { ready: !this.isStopping && Object.values(checks).every(Boolean), checks };
  }

  /** The same for @nestjs/terminus: one indicator per part. */
  indicators(indicator: HealthIndicatorService) {
    return [...this.checks].map(([name, check]) => async () => {
      const session = indicator.check(name);
      return !this.isStopping && (await holds(check)) ? session.up() : session.down();
    });
  }
}

async function holds(check: ReadinessCheck): Promise<boolean> {
  try {
    return await check();
  } catch {
    return false;
  }
}
