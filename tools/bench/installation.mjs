// What the benchmarks' services run with: the roles, schemas and limits of an installation.
import { execFileSync } from 'node:child_process';
import path from 'node:path';

export const apps = { auth: 'auth-gateway', vault: 'credential-vault', musicgen: 'musicgen-api' };

const tier = {
  requests_per_hour: 1_000_000_000,
  generations_per_day: 1_000_000,
  longest_piece: 600,
  concurrent_generations: 16,
  audio_days: 1,
};

export const mainOf = ({ root }, service) =>
  path.join(root, 'dist/apps', apps[service], 'apps', apps[service], 'src/main.js');

const run = (file, args, env, input = '') =>
  execFileSync(process.execPath, [file, ...args], { env: { PATH: process.env.PATH, ...env }, input }).toString();

/** Migrates the service's schema, and gives back its environment. */
export function environmentOf(context, service) {
  const { info, secrets, roleUrl } = context;
  const { databasePassword, databaseOwnerPassword, nkeySeed } = secrets.services[service];
  const owner = roleUrl(info.postgresUrl, 'bench', `${service}_owner`, databaseOwnerPassword);
  run(mainOf(context, service), ['migrate'], { DATABASE_URL: owner });
  return {
    NATS_URL: info.natsUrl,
    NATS_NKEY_SEED: nkeySeed,
    DATABASE_URL: roleUrl(info.postgresUrl, 'bench', service, databasePassword),
    PUBLIC_URL: 'http://127.0.0.1',
    GATEWAY_KEYS_FILE: secrets.gatewayKeysFile,
    MUSICGEN_SIGNING_KEY_FILE: secrets.musicgenSigningKeyFile,
    STORAGE_DIR: path.join(info.folder, 'storage'),
    ANONYMOUS_PER_HOUR: '1000000000',
    ANONYMOUS_BURST: '1000000000',
    FAILURES_PER_HOUR: '1000000000',
    FAILURES_BURST: '1000000000',
    TIERS: JSON.stringify({ free: tier, pro: tier, enterprise: tier }),
  };
}

/** A live API key with every permission. */
export function makeKey(context, env) {
  const args = ['create-user', '--email', 'bench@example.com', '--keys'];
  return JSON.parse(run(mainOf(context, 'auth'), args, env, 'a long pass phrase')).api_key_live;
}
