import { DatabaseLink, LOGGER, Pump, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { WebhooksStore } from './webhooks.store';

const sweepEveryMs = 3_600_000;
const keptMs = 30 * 86_400_000;

/** What was delivered, or given up, is listed for 30 days. */
@Injectable()
export class WebhookRetention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pump = new Pump(
    () => this.store.sweep(new Date(Date.now() - keptMs)),
    sweepEveryMs,
    (err) => this.logger.warn({ err }, 'old deliveries could not be removed'),
  );

  constructor(
    private readonly store: WebhooksStore,
    private readonly database: DatabaseLink,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    void this.database.connected().then(() => this.pump.start());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.pump.stop();
  }
}
