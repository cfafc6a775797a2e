import type { Principal } from '@musicgen/platform-contracts';
import { LOGGER, Pump, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { RequestCounts } from './request-counts';
import { RequestCountsStore } from './request-counts.store';

const storeEveryMs = 10_000;
const sweepEveryMs = 24 * 3_600_000;

/** Counts requests and notes when keys were used, and stores both every ten seconds and when the gateway stops. */
@Injectable()
export class RequestCountingService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly counts = new RequestCounts();
  private readonly storing = new Pump(() => this.store(), storeEveryMs);
  private readonly sweeping = new Pump(
    () => this.rows.sweep(),
    sweepEveryMs,
    (err) => this.logger.warn({ err }, 'old counts of requests stay for now'),
  );

  constructor(
    private readonly rows: RequestCountsStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    void this.rows.connected().then(() => {
      this.storing.start();
      this.sweeping.start();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.storing.stop(), this.sweeping.stop()]);
  }

  count(principal: Principal, route: string, status: number): void {
    this.counts.add(principal, route, status, Date.now());
  }

  /** Called once more when the last request is answered. */
  async store(): Promise<void> {
    const counted = this.counts.take();
    if (counted.counts.length === 0) return;
    try {
      await this.rows.add(counted);
    } catch (error) {
      this.counts.giveBack(counted);
      this.logger.warn({ err: error }, 'counts of requests wait to be stored');
    }
  }
}
