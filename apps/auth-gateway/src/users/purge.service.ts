import { DatabaseLink, LOGGER, Pump, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { SessionsStore } from '../sessions/sessions.store';
import { LockoutsStore } from './lockouts.store';
import { OneTimeTokensStore } from './one-time-tokens.store';

const purgeEveryMs = 3_600_000;

/** Deletes each hour what nobody can use any more: strangers may cause such rows. */
@Injectable()
export class PurgeService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pump = new Pump(
    () => this.purge(),
    purgeEveryMs,
    (err) => this.logger.warn({ err }, 'rows that nobody needs stay for now'),
  );

  constructor(
    private readonly lockouts: LockoutsStore,
    private readonly tokens: OneTimeTokensStore,
    private readonly sessions: SessionsStore,
    private readonly database: DatabaseLink,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    void this.database.connected().then(() => this.pump.start());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.pump.stop();
  }

  private async purge(): Promise<void> {
    await Promise.all([this.lockouts.purge(), this.tokens.purge(), this.sessions.purge()]);
  }
}
