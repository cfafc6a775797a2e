import { bootstrapService } from '@musicgen/service-kit';
import { AppModule } from './app.module';
import { pruneAudit } from './commands/prune-audit';
import { config } from './config';
import { VaultKeys } from './keys/vault-keys.service';
import { database } from './persistence/data-source';

void bootstrapService({
  database,
  config,
  module: AppModule,
  check: (app) => app.get(VaultKeys).check(),
  commands: { 'prune-audit': pruneAudit },
});
