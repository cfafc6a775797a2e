import { dataSourceOptions, type ServiceDatabase } from '@musicgen/service-kit';
import { DataSource } from 'typeorm';
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

/** For commands: a connection while the work lasts. */
export async function withDatabase<T>(url: string, work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = await new DataSource(dataSourceOptions(database, url, 2)).initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
