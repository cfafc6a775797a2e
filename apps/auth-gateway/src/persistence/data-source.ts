import type { ServiceDatabase } from '@musicgen/service-kit';
import { ApiKey } from '../api-keys/api-key.entity';
import { Session } from '../sessions/session.entity';
import { SigningKeyRow } from '../tokens/signing-key.entity';
import { User } from '../users/user.entity';
import { CreateUsers1763640000000 } from './migrations/1763640000000-create-users';
import { CreateOutbox1763640000001 } from './migrations/1763640000001-create-outbox';

export const database: ServiceDatabase = {
  service: 'auth',
  entities: [User, Session, ApiKey, SigningKeyRow],
  migrations: [CreateUsers1763640000000, CreateOutbox1763640000001],
};
