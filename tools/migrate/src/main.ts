import { badConfigStatus, ConfigError, makeSecrets, parseConfig, provision, type Secrets } from '@musicgen/service-kit';
import { runApp } from './apps';
import { handOutConfig, initConfig } from './config';
import { makeFirstAdmin } from './first-admin';
import { handOut } from './hand-out';

/** The administrator's address, with the password of the secrets if it has none. */
function withPassword(adminDatabaseUrl: string, { postgresPassword }: Secrets): string {
  const url = new URL(adminDatabaseUrl);
  url.password ||= postgresPassword;
  return url.href;
}

/** `main.js secrets`: makes the secrets and hands them out, before there is a server to connect to. */
async function secrets(): Promise<void> {
  const config = parseConfig(handOutConfig, process.env);
  await handOut({
    folder: config.handoutDir,
    adminDatabaseUrl: config.adminDatabaseUrl,
    database: config.databaseName,
    secrets: await makeSecrets(config.secretsDir),
  });
  console.log('Every program has its secrets.');
}

/** `main.js`: the init step. */
async function init(): Promise<void> {
  const config = parseConfig(initConfig, process.env);
  const { natsUrl, databaseName: database, natsReplicas, adminEmail: email, adminPassword: password } = config;
  if (email && !password) throw new ConfigError(['ADMIN_EMAIL is set, and ADMIN_PASSWORD is not.']);
  const made = await makeSecrets(config.secretsDir);
  const adminDatabaseUrl = withPassword(config.adminDatabaseUrl, made);
  await provision({
    adminDatabaseUrl,
    database,
    natsUrl,
    natsReplicas,
    secrets: made,
    migrate: async (service, ownerUrl) =>
      void (await runApp(service, ['migrate'], { env: { DATABASE_URL: ownerUrl } })),
  });
  console.log('Roles, schemas, migrations, streams and consumers are up to date.');
  if (!email || !password) return;
  const isNew = await makeFirstAdmin({ email, password, adminDatabaseUrl, database, natsUrl, secrets: made });
  console.log(isNew ? `${email} is the first administrator.` : 'There is an administrator already.');
}

const commands: Record<string, () => Promise<void>> = { init, secrets };

async function main([command = 'init']: string[]): Promise<void> {
  const run = commands[command];
  if (!run) throw new ConfigError([`"${command}" is no command; choose one of ${Object.keys(commands).join(', ')}.`]);
  await run();
}

main(process.argv.slice(2)).catch((error: Error) => {
  const lines = error instanceof ConfigError ? error.problems : [error.stack];
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(error instanceof ConfigError ? badConfigStatus : 1);
});
