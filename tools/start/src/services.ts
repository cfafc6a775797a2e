import { serviceApps, serviceNames, type ServiceName } from '@musicgen/platform-contracts';
import { provision as provisionAll, roleUrl } from '@musicgen/service-kit';
import path from 'node:path';
import { runNode } from './command';
import type { Installation } from './installation';
import type { ServiceProcess } from './service-process';

const database = 'musicgen';

const entry = ({ config }: Installation, service: ServiceName) =>
  path.join(config.root, 'dist/apps', serviceApps[service], 'apps', serviceApps[service], 'src/main.js');

/** What only this service is told. */
function ownEnvironment(
  service: ServiceName,
  { config, baseUrl, secrets, soundBank, ports }: Installation,
): NodeJS.ProcessEnv {
  const sandboxUrl = `http://127.0.0.1:${ports.sandbox}`;
  switch (service) {
    case 'auth':
      return {
        PORT: String(config.port),
        PUBLIC_URL: baseUrl,
        GATEWAY_KEYS_FILE: secrets.gatewayKeysFile,
        MAIL_DIR: path.join(config.dataDir, 'outbox'),
        // Receivers that are being written run on the same machine.
        WEBHOOK_NETWORKS: config.environment.WEBHOOK_NETWORKS ?? '127.0.0.0/8,::1/128',
        // Whoever tries things out on his own machine would soon be refused with what is right for strangers.
        ANONYMOUS_PER_HOUR: config.environment.ANONYMOUS_PER_HOUR ?? '1000',
        ANONYMOUS_BURST: config.environment.ANONYMOUS_BURST ?? '1000',
      };
    case 'vault':
      return { VAULT_KEYS_FILE: secrets.vaultKeysFile, SANDBOX_URL: sandboxUrl };
    case 'musicgen':
      return {
        MUSICGEN_SIGNING_KEY_FILE: secrets.musicgenSigningKeyFile,
        ...(soundBank.path !== null && { SOUND_BANK: soundBank.path }),
        MUSICGEN_MODELS_DIR: config.environment.MUSICGEN_MODELS_DIR ?? path.join(config.dataDir, 'models'),
        TRANSFORMERS_DIR: path.join(config.root, 'apps/musicgen-api/extras/transformers'),
      };
    default:
      return {};
  }
}

/** auth-gateway serves its health with everything else, on the public port. */
const healthPort = (service: ServiceName, { config, ports }: Installation) =>
  service === 'auth' ? config.port : ports[service];

/** The whole environment of a service. */
export function serviceEnvironment(service: ServiceName, installation: Installation): NodeJS.ProcessEnv {
  const { config, secrets, postgresUrl, natsUrl } = installation;
  const { databasePassword, nkeySeed } = secrets.services[service];
  return {
    ...config.environment,
    DATABASE_URL: roleUrl(postgresUrl, database, service, databasePassword),
    NATS_URL: natsUrl,
    NATS_NKEY_SEED: nkeySeed,
    HEALTH_PORT: String(healthPort(service, installation)),
    STORAGE_DIR: path.join(config.dataDir, 'storage'),
    LOG_LEVEL: config.logLevel,
    EXIT_WITH_PARENT: 'true',
    ...ownEnvironment(service, installation),
  };
}

/** The services, and the stand-in for the platforms that test mode reaches, as they are started. */
export const serviceProcesses = (installation: Installation): ServiceProcess[] => [
  ...serviceNames.map((service) => ({
    name: serviceApps[service],
    args: ['--enable-source-maps', entry(installation, service)],
    env: serviceEnvironment(service, installation),
    healthPort: healthPort(service, installation),
  })),
  sandboxProcess(installation),
];

function sandboxProcess({ config, ports }: Installation): ServiceProcess {
  const main = 'dist/tools/platform-sandbox/tools/platform-sandbox/src/main.js';
  return {
    name: 'platform-sandbox',
    args: ['--enable-source-maps', path.join(config.root, main)],
    env: {
      ...config.environment,
      PORT: String(ports.sandbox),
      STATE_FILE: path.join(config.dataDir, 'sandbox.json'),
      LOG_LEVEL: config.logLevel,
      EXIT_WITH_PARENT: 'true',
    },
    healthPort: ports.sandbox,
  };
}

/** Runs a command of a service, `main.js <args>`, as the service itself would run. */
export const runServiceCommand = (
  service: ServiceName,
  args: readonly string[],
  installation: Installation,
  options: { env?: NodeJS.ProcessEnv; input?: string; signal: AbortSignal },
): Promise<string> =>
  runNode({
    name: `${serviceApps[service]} ${args[0]}`,
    args: [entry(installation, service), ...args],
    input: options.input,
    signal: options.signal,
    env: { ...serviceEnvironment(service, installation), EXIT_WITH_PARENT: 'false', ...options.env },
  });

/** The init step, as `npm run migrate` does it elsewhere: roles, schemas, migrations, streams. */
export const provision = (installation: Installation, signal: AbortSignal): Promise<void> =>
  provisionAll({
    adminDatabaseUrl: installation.postgresUrl,
    database,
    natsUrl: installation.natsUrl,
    secrets: installation.secrets,
    async migrate(service, ownerUrl) {
      await runServiceCommand(service, ['migrate'], installation, { env: { DATABASE_URL: ownerUrl }, signal });
    },
  });
