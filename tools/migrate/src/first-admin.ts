import { roleUrl, type Secrets } from '@musicgen/service-kit';
import os from 'node:os';
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
  const env = {
    DATABASE_URL: databaseUrl,
    NATS_URL: natsUrl,
    NATS_NKEY_SEED: nkeySeed,
    GATEWAY_KEYS_FILE: secrets.gatewayKeysFile,
    // The command takes the gateway's configuration, though it neither links to anything nor keeps files.
    PUBLIC_URL: 'http://127.0.0.1',
    STORAGE_DIR: os.tmpdir(),
  };
  const args = ['create-user', '--email', email, '--role', 'admin', '--tier', 'pro', '--unless-admin'];
  return JSON.parse(await runApp('auth', args, { env, input: password })) !== null;
}
