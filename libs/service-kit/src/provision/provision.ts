import { serviceNames, type ServiceName } from '@musicgen/platform-contracts';
import { provisionNats } from './provision-nats';
import { provisionPostgres, roleUrl } from './provision-postgres';
import type { Secrets } from './secrets';

/**
 * The init step, the only one with administrator rights: roles and schemas, then each service's migrations as the schema's
 * owner; meanwhile the stream of events and its consumers. Can be run again at any time.
 */
export async function provision(options: {
  /** As a superuser of Postgres. */
  adminDatabaseUrl: string;
  database: string;
  natsUrl: string;
  secrets: Secrets;
  natsReplicas?: number;
  /** Runs the migrations of one service; the kit cannot, for they are the service's own. */
  migrate: (service: ServiceName, ownerUrl: string) => Promise<void>;
}): Promise<void> {
  const { adminDatabaseUrl, database, natsUrl, secrets, natsReplicas, migrate } = options;
  const postgres = async () => {
    await provisionPostgres(adminDatabaseUrl, database, secrets);
    await Promise.all(
      serviceNames.map((service) => {
        const { databaseOwnerPassword } = secrets.services[service];
        return migrate(service, roleUrl(adminDatabaseUrl, database, `${service}_owner`, databaseOwnerPassword));
      }),
    );
  };
  await Promise.all([
    postgres(),
    provisionNats({ url: natsUrl, adminSeed: secrets.admin.nkeySeed, replicas: natsReplicas }),
  ]);
}
