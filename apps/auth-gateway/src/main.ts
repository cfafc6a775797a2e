import { bootstrapService } from '@musicgen/service-kit';
import { AppModule } from './app.module';
import { createUser } from './commands/create-user';
import { rotateSigningKeysCommand } from './commands/rotate-signing-keys';
import { config } from './config';
import { configureHttp, gatewayAdapter } from './http/gateway-adapter';
import { database } from './persistence/data-source';

void bootstrapService({
  database,
  config,
  module: AppModule,
  http: { listen: ({ host, port }) => ({ host, port }), adapter: gatewayAdapter, configure: configureHttp },
  commands: { 'create-user': createUser, 'rotate-signing-keys': rotateSigningKeysCommand },
});
