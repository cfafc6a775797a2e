import { LOGGER, Pump, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../clock';
import { DueGrantsStore } from './due-grants.store';
import type { Grant } from './grant.entity';

type Used = Pick<Grant, 'credentialId' | 'kind'>;

const everyMs = 30_000;

/** Which grants are in use, so that they are renewed ahead. Off the way of those who ask: a crash loses half a minute of it. */
@Injectable()
export class Uses implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private used = new Map<string, Used>();
  private readonly pump = new Pump(() => this.flush(), everyMs);

  constructor(
    private readonly store: DueGrantsStore,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.pump.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.pump.stop();
    await this.flush();
  }

  /** Nothing else of what is handed in is kept: it may be a token in the clear. */
  record({ credentialId, kind }: Used): void {
    const name = `${credentialId} ${kind}`;
    if (!this.used.has(name)) this.used.set(name, { credentialId, kind });
  }

  async flush(): Promise<void> {
    const used = this.used;
    if (used.size === 0) return;
    this.used = new Map();
    try {
      await this.store.markUsed([...used.values()], this.clock.now());
    } catch (error) {
      for (const grant of used.values()) this.record(grant);
      this.logger.warn({ problem: (error as Error).message }, 'uses cannot be noted yet');
    }
  }
}
