import type { ServiceDatabase } from '@musicgen/service-kit';
import { Credential } from '../credentials/credential.entity';
import { CreateCredentials1763640000000 } from './migrations/1763640000000-create-credentials';
import { CreateOutbox1763640000001 } from './migrations/1763640000001-create-outbox';

export const database: ServiceDatabase = {
  service: 'vault',
  entities: [Credential],
  migrations: [CreateCredentials1763640000000, CreateOutbox1763640000001],
};
