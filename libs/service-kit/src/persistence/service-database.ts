import type { ServiceName } from '@musicgen/platform-contracts';
import { DataSource, type DataSourceOptions, type MixedList } from 'typeorm';

type Classes = (abstract new (...args: never[]) => unknown)[];

/** What a service keeps in Postgres: its entities and migrations, by name. Its schema and roles are named after it. */
export interface ServiceDatabase {
  service: ServiceName;
  entities: Classes;
  migrations: Classes;
}

/** TypeORM's options for a role of the service. The role's search_path is the service's schema, so tables have plain names. */
export const dataSourceOptions = (database: ServiceDatabase, url: string, pool = 10): DataSourceOptions => ({
  type: 'postgres',
  url,
  applicationName: database.service,
  entities: database.entities as MixedList<never>,
  migrations: database.migrations as MixedList<never>,
  migrationsTableName: 'migrations',
  synchronize: false,
  logging: false,
  extra: {
    max: pool,
    connectionTimeoutMillis: 4_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 15_000,
    // For a server that does not even say that the time is over.
    query_timeout: 17_000,
    keepAlive: true,
  },
});

/** Migrations take as long as they take, and wait for one another. */
const patient = { connectionTimeoutMillis: 30_000, statement_timeout: 0, query_timeout: 0 };

/** Brings the schema up to date, as the role that owns it. Two at once wait for each other. */
export function migrate(database: ServiceDatabase, ownerUrl: string): Promise<string[]> {
  const options = dataSourceOptions(database, ownerUrl, 2);
  return whileConnected({ ...options, extra: { ...options.extra, ...patient } }, (dataSource) =>
    oneAtATime(dataSource, async () => {
      const done = await dataSource.runMigrations({ transaction: 'each' });
      return done.map((migration) => migration.name);
    }),
  );
}

/** For commands: a connection while the work lasts. */
export const withDatabase = <T>(
  database: ServiceDatabase,
  url: string,
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> => whileConnected(dataSourceOptions(database, url, 2), work);

async function whileConnected<T>(options: DataSourceOptions, work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = await new DataSource(options).initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

async function oneAtATime<T>(dataSource: DataSource, work: () => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(`SELECT pg_advisory_lock(hashtext('migrations'))`);
    return await work();
  } finally {
    await runner.query(`SELECT pg_advisory_unlock(hashtext('migrations'))`);
    await runner.release();
  }
}
