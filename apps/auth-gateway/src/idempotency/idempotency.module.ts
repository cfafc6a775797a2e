import { CONFIG, KeyRing } from '@musicgen/service-kit';
import { Module } from '@nestjs/common';
import type { Config } from '../config';
import { IdempotencyService } from './idempotency.service';
import { IdempotentRequestsStore } from './idempotent-requests.store';

/** To be imported by each module with a route that creates something. */
@Module({
  providers: [
    IdempotencyService,
    IdempotentRequestsStore,
    { provide: KeyRing, useFactory: (config: Config) => config.gatewayKeys, inject: [CONFIG] },
  ],
  exports: [IdempotencyService],
})
export class IdempotencyModule {}
