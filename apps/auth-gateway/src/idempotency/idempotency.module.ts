import { CONFIG, KeyRing } from '@musicgen/service-kit';
import { Module } from '@nestjs/common';
import type { Config } from '../config';
import { IdempotencyService } from './idempotency.service';
import { IdempotentRequestsStore } from './idempotent-requests.store';
import { RepeatableCreations } from './repeatable-creations';

@Module({
  providers: [
    IdempotencyService,
    IdempotentRequestsStore,
    RepeatableCreations,
    { provide: KeyRing, useFactory: (config: Config) => config.gatewayKeys, inject: [CONFIG] },
  ],
  exports: [RepeatableCreations],
})
export class IdempotencyModule {}
