import { serviceNames } from '@musicgen/platform-contracts';
import { natsConf, natsEnvironment, roleUrl, type Secrets } from '@musicgen/service-kit';
import fs from 'node:fs/promises';
import path from 'node:path';

export interface HandOut {
  folder: string;
  adminDatabaseUrl: string;
  database: string;
  secrets: Secrets;
}

/** Gives each program a folder with its own secrets and nobody else's: Postgres, nats-server, every service. */
export async function handOut({ folder, adminDatabaseUrl, database, secrets }: HandOut): Promise<void> {
  await write(folder, 'postgres', { password: secrets.postgresPassword });
  await write(folder, 'nats', { 'nats.conf': containerNatsConf(secrets) });
  for (const service of serviceNames) {
    const { databasePassword, nkeySeed } = secrets.services[service];
    await write(folder, service, {
      database_url: roleUrl(adminDatabaseUrl, database, service, databasePassword),
      nats_nkey_seed: nkeySeed,
    });
  }
  const keys = {
    auth: { gateway_keys: secrets.gatewayKeysFile },
    vault: { vault_keys: secrets.vaultKeysFile },
    musicgen: { musicgen_signing_key: secrets.musicgenSigningKeyFile },
  };
  for (const [service, files] of Object.entries(keys)) {
    for (const [name, file] of Object.entries(files)) {
      await write(folder, service, { [name]: await fs.readFile(file, 'utf8') });
    }
  }
}

/** Readable by whoever sees the folder: the container it is mounted in has only one user, and which one is not known here. */
async function write(folder: string, reader: string, files: Record<string, string>): Promise<void> {
  const dir = path.join(folder, reader);
  await fs.mkdir(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(dir, name);
    await fs.rm(`${file}.new`, { force: true });
    await fs.writeFile(`${file}.new`, `${text.trim()}\n`, { mode: 0o444 });
    await fs.rename(`${file}.new`, file);
  }
}

/** With the public keys in it, since a container's environment is written before there are any. */
function containerNatsConf(secrets: Secrets): string {
  const lines = Object.entries(natsEnvironment(secrets)).map(([name, key]) => `${name}: ${JSON.stringify(key)}`);
  return [
    ...lines,
    natsConf({ host: '0.0.0.0', port: 4222, storeDir: '/data' }),
    // For the health check inside the container.
    'http: "127.0.0.1:8222"',
  ].join('\n');
}
