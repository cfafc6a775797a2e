import { webhookJobChanged } from '@musicgen/platform-contracts';
import { CONFIG, JobQueue, KeyRing, LiveEvents, LOGGER, Outbox, type Logger } from '@musicgen/service-kit';
import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditModule } from '../audit/audit.module';
import type { Config } from '../config';
import { DeliveriesService } from './deliveries.service';
import { DeliveriesStore } from './deliveries.store';
import { DeliveriesWorker } from './deliveries.worker';
import { DeliveryFeed } from './delivery-feed';
import { DeliveryJob } from './delivery-job';
import { Sender } from './sender';
import { WebhookRetention } from './webhook-retention';
import { WebhooksHttpController } from './webhooks.http.controller';
import { WebhooksService } from './webhooks.service';
import { WebhooksStore } from './webhooks.store';

/** Eight tries over a day: at once, then after 5 s, 5 min, 30 min, 2 h, 5 h, 7 h and 9 h. */
export const deliveryDelaysMs = [5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 25_200_000, 32_400_000];
const waitingMax = 100_000;

@Module({
  imports: [AuditModule],
  controllers: [WebhooksHttpController],
  providers: [
    ...[WebhooksService, WebhooksStore, DeliveriesService, DeliveriesStore],
    ...[DeliveryFeed, DeliveryJob, DeliveriesWorker, WebhookRetention],
    { provide: KeyRing, useFactory: (config: Config) => config.gatewayKeys, inject: [CONFIG] },
    { provide: Sender, useFactory: (config: Config) => new Sender(config.webhookNetworks), inject: [CONFIG] },
    {
      provide: JobQueue,
      useFactory: (dataSource: DataSource, outbox: Outbox, live: LiveEvents, logger: Logger) =>
        new JobQueue(dataSource, outbox, live, logger, {
          kind: 'webhook_delivery',
          queuedMax: waitingMax,
          delaysMs: deliveryDelaysMs,
          changed: webhookJobChanged,
        }),
      inject: [DataSource, Outbox, LiveEvents, LOGGER],
    },
  ],
  exports: [WebhooksService, DeliveriesService],
})
export class WebhooksModule {}
