import { roleUrl, type Secrets } from '@musicgen/service-kit';
import os from 'node:os';
import { Client } from 'pg';
import { runApp } from './apps';

export interface FirstAdmin {
  email: string;
  password: string;
  adminDatabaseUrl: string;
  database: string;
  natsUrl: string;
  secrets: Secrets;
}

/** Makes the first administrator unless there is one: a later run gives nobody his old password back. Returns whether it did. */
export async function makeFirstAdmin(options: FirstAdmin): Promise<boolean> {
  const { email, password, adminDatabaseUrl, database, natsUrl, secrets } = options;
  const { databasePassword, nkeySeed } = secrets.services.auth;
  const databaseUrl = roleUrl(adminDatabaseUrl, database, 'auth', databasePassword);
  if (await hasAdmin(databaseUrl)) return false;
  const env = {
    DATABASE_URL: databaseUrl,
    NATS_URL: natsUrl,
    NATS_NKEY_SEED: nkeySeed,
    GATEWAY_KEYS_FILE: secrets.gatewayKeysFile,
    // The command takes the gateway's configuration, though it neither links to anything nor keeps files.
    PUBLIC_URL: 'http://127.0.0.1',
    STORAGE_DIR: os.tmpdir(),
  };
  await runApp('auth', ['create-user', '--email', email, '--role', 'admin', '--tier', 'pro'], { env, input: password });
  return true;
}

async function hasAdmin(connectionString: string): Promise<boolean> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rowCount } = await client.query(`SELECT 1 FROM users WHERE role = 'admin' LIMIT 1`);
    return Boolean(rowCount);
  } finally {
    await client.end();
  }
}
