import { bootstrapService } from '@musicgen/service-kit';
import { AppModule } from './app.module';
import { config } from './config';
import { database } from './persistence/data-source';

void bootstrapService({ database, config, module: AppModule });
