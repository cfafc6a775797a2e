import { serviceApps, type ServiceName } from '@musicgen/platform-contracts';
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { opening } from './closer';
import { testDatabase, type TestDatabase } from './database';
import { testInfrastructure } from './infrastructure';
import { testSecrets } from './nats';
import { freePort } from './port';
import { until } from './until';

/** Of this repository. */
export const root = path.resolve(__dirname, '../../..');

/** A built service as a process of its own. */
export interface ServiceProcess {
  /** Of `/health/*`; of everything, for the gateway. */
  url: string;
  process: ChildProcess;
  /** All that it has printed. */
  output(): string;
  /** Sends the signal and settles with the exit status. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** The environment that a service is started with in tests; the same variables as in production. */
export async function serviceEnvironment(service: ServiceName, database: TestDatabase, port: number) {
  const secrets = await testSecrets();
  const { folder, natsUrl } = testInfrastructure();
  return {
    PATH: process.env.PATH,
    NATS_URL: natsUrl,
    NATS_NKEY_SEED: secrets.services[service].nkeySeed,
    DATABASE_URL: database.url,
    DATABASE_POOL: '5',
    HEALTH_PORT: String(port),
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    STORAGE_DIR: path.join(folder, 'storage'),
    MAIL_DIR: path.join(folder, 'outbox'),
    VAULT_KEYS_FILE: secrets.vaultKeysFile,
    GATEWAY_KEYS_FILE: secrets.gatewayKeysFile,
    MUSICGEN_SIGNING_KEY_FILE: secrets.musicgenSigningKeyFile,
  };
}

/** Starts a built service with just this environment, and waits for nothing. */
export function spawnService(
  service: ServiceName,
  env: NodeJS.ProcessEnv,
  args: readonly string[] = [],
  builtIn = root,
) {
  const child = spawn(process.execPath, ['--enable-source-maps', mainOf(service, builtIn), ...args], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { process: child, output: () => output, exited };
}

/** Starts a built service against the run's Postgres and nats-server and settles when it is ready. */
export function startService(
  service: ServiceName,
  database: TestDatabase,
  env: Record<string, string> = {},
  builtIn = root,
): Promise<ServiceProcess> {
  return opening(async (closer) => {
    const port = await freePort();
    const environment = { ...(await serviceEnvironment(service, database, port)), ...env };
    const { process: child, output, exited } = spawnService(service, environment, [], builtIn);
    const stop: ServiceProcess['stop'] = (signal = 'SIGTERM') => {
      child.kill(signal);
      return exited;
    };
    await closer.open(child, () => stop('SIGKILL'));
    const url = `http://127.0.0.1:${port}`;
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${service} ended with status ${child.exitCode}:\n${output()}`);
      return (await fetch(`${url}/health/ready`).catch(() => undefined))?.ok;
    }, `${service} to be ready`);
    return { url, process: child, output, stop };
  });
}

/** A database with a built service's tables, made by the service's own command. */
export function migratedDatabase(service: ServiceName): Promise<TestDatabase> {
  return opening(async (closer) => {
    const empty = testDatabase({ service, entities: [], migrations: [] });
    const database = await closer.open(empty, ({ drop }) => drop());
    const { output, exited } = spawnService(service, { DATABASE_URL: database.ownerUrl }, ['migrate']);
    if ((await exited) !== 0) throw new Error(`${service} did not migrate:\n${output()}`);
    return database;
  });
}

/** The compiled `main.js` of a service; built before the run. */
export const mainOf = (service: ServiceName, builtIn = root): string =>
  path.join(builtIn, 'dist/apps', serviceApps[service], 'apps', serviceApps[service], 'src/main.js');
