import {
  dataSourceOptions,
  makeSecrets,
  migrate,
  provisionPostgres,
  roleUrl,
  type ServiceDatabase,
} from '@musicgen/service-kit';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { opening } from './closer';
import { testInfrastructure } from './infrastructure';

/** A database of its own for one test file, with a service's schema in it. */
export interface TestDatabase {
  name: string;
  /** As the service's role. */
  url: string;
  /** As the role that owns the schema. */
  ownerUrl: string;
  /** As the superuser of the server. */
  adminUrl: string;
  dataSource: DataSource;
  drop(): Promise<void>;
}

/** Makes a database, with roles and the service's migrations as in production. */
export function testDatabase(database: ServiceDatabase): Promise<TestDatabase> {
  return opening(async (closer) => {
    const { folder, postgresUrl } = testInfrastructure();
    const secrets = await makeSecrets(path.join(folder, 'secrets'));
    const name = `test_${randomBytes(6).toString('hex')}`;
    const { databasePassword, databaseOwnerPassword } = secrets.services[database.service];
    const ownerUrl = roleUrl(postgresUrl, name, `${database.service}_owner`, databaseOwnerPassword);
    const url = roleUrl(postgresUrl, name, database.service, databasePassword);
    await closer.open(provisionPostgres(postgresUrl, name, secrets, [database.service]), () => drop(postgresUrl, name));
    await migrate(database, ownerUrl);
    const connecting = new DataSource(dataSourceOptions(database, url)).initialize();
    const dataSource = await closer.open(connecting, (source) => source.isInitialized && source.destroy());
    return {
      name,
      url,
      ownerUrl,
      adminUrl: roleUrl(postgresUrl, name, 'postgres', decodeURIComponent(new URL(postgresUrl).password)),
      dataSource,
      drop: closer.close,
    };
  });
}

async function drop(postgresUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await client.end();
}
