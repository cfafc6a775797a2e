import { CONFIG, JobQueue } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Config } from '../config';
import { DeliveryFeed } from './delivery-feed';
import { DeliveryJob } from './delivery-job';

const graceMs = 5_000;

/** Feeds and sends deliveries, unless this replica is told to leave that to others. */
@Injectable()
export class DeliveriesWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly feed: DeliveryFeed,
    private readonly queue: JobQueue,
    private readonly job: DeliveryJob,
    @Inject(CONFIG) private readonly config: Pick<Config, 'webhookWorkers'>,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.webhookWorkers === 0) return;
    this.feed.start();
    this.queue.work(this.job, this.config.webhookWorkers);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.queue.stop(graceMs);
  }
}
