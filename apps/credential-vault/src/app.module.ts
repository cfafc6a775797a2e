import { CONFIG, KeyRing } from '@musicgen/service-kit';
import { Module } from '@nestjs/common';
import type { Config } from './config';
import { CredentialsRpcController } from './credentials/credentials.rpc.controller';
import { CredentialsService } from './credentials/credentials.service';
import { CredentialsStore } from './credentials/credentials.store';

@Module({
  controllers: [CredentialsRpcController],
  providers: [
    { provide: KeyRing, useFactory: (config: Config) => config.vaultKeys, inject: [CONFIG] },
    CredentialsService,
    CredentialsStore,
  ],
})
export class AppModule {}
