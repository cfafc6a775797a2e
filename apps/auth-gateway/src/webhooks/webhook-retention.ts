import { LOGGER, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { WebhooksStore } from './webhooks.store';

const sweepEveryMs = 3_600_000;
const keptMs = 30 * 86_400_000;

/** What was delivered, or given up, is listed for 30 days. */
@Injectable()
export class WebhookRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly store: WebhooksStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep(), sweepEveryMs);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async sweep(): Promise<void> {
    await this.store.sweep(new Date(Date.now() - keptMs)).catch((error: Error) => {
      this.logger.warn({ problem: error.message }, 'old deliveries could not be removed');
    });
  }
}
