import { serviceNames, type ServiceName } from '@musicgen/platform-contracts';
import { Client } from 'pg';
import type { Secrets } from './secrets';

/** The address of the database for a role, made from the administrator's. */
export function roleUrl(adminUrl: string, database: string, role: string, password: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  url.username = role;
  url.password = password;
  return url.href;
}

/**
 * Makes the database, and per service a schema with two roles: `<s>_owner` (migrations) and `<s>` (the service: rows, not
 * tables; its own schema, no other). Can be run again at any time.
 */
export async function provisionPostgres(
  adminUrl: string,
  database: string,
  secrets: Pick<Secrets, 'services'>,
  services: readonly ServiceName[] = serviceNames,
): Promise<void> {
  await asAdmin(adminUrl, 'postgres', async (server) => {
    // Roles belong to the whole server, and advisory locks to one database: whoever provisions takes the lock in this one.
    await server.query(`SELECT pg_advisory_lock(hashtext('provision'))`);
    const { rowCount } = await server.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (!rowCount) await server.query(`CREATE DATABASE ${server.escapeIdentifier(database)}`);
    await asAdmin(adminUrl, database, async (client) => {
      await client.query('BEGIN');
      await client.query(`REVOKE ALL ON DATABASE ${client.escapeIdentifier(database)} FROM PUBLIC`);
      await client.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
      for (const service of services) {
        const { databasePassword, databaseOwnerPassword } = secrets.services[service];
        await makeRole(client, database, `${service}_owner`, service, databaseOwnerPassword);
        await makeRole(client, database, service, service, databasePassword);
        await makeSchema(client, service);
      }
      await client.query('COMMIT');
    });
  });
}

async function asAdmin(adminUrl: string, database: string, work: (client: Client) => Promise<void>): Promise<void> {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

async function makeRole(client: Client, database: string, role: string, schema: string, password: string) {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (!rowCount) await client.query(`CREATE ROLE ${role} LOGIN`);
  await client.query(`ALTER ROLE ${role} PASSWORD ${client.escapeLiteral(password)}`);
  await client.query(`ALTER ROLE ${role} SET search_path = ${schema}`);
  await client.query(`GRANT CONNECT ON DATABASE ${client.escapeIdentifier(database)} TO ${role}`);
}

async function makeSchema(client: Client, service: ServiceName) {
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${service} AUTHORIZATION ${service}_owner`);
  await client.query(`GRANT USAGE ON SCHEMA ${service} TO ${service}`);
  const granted = `ALTER DEFAULT PRIVILEGES FOR ROLE ${service}_owner IN SCHEMA ${service} GRANT`;
  await client.query(`${granted} SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${service}`);
  await client.query(`${granted} USAGE, SELECT ON SEQUENCES TO ${service}`);
}
