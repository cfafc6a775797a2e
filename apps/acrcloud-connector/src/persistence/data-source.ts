import type { ServiceDatabase } from '@musicgen/service-kit';
import { CreateOutbox1763640000000 } from './migrations/1763640000000-create-outbox';

export const database: ServiceDatabase = {
  service: 'acrcloud',
  entities: [],
  migrations: [CreateOutbox1763640000000],
};
