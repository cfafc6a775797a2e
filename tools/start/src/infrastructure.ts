import { startNats, startPostgres } from '@musicgen/embedded';
import { natsConf, natsEnvironment, type Secrets } from '@musicgen/service-kit';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Logs } from './logs';
import type { Unit } from './supervisor';

/** Where a server is to run, and what it is made with. */
export interface ServerOptions {
  dataDir: string;
  port: number;
  secrets: Secrets;
  logs: Logs;
}

/** Postgres as something that is kept up. */
export function postgresUnit({ dataDir, port, secrets, logs }: ServerOptions): Unit {
  const logFile = logs.file('postgres');
  return {
    name: 'Postgres',
    start: () => startPostgres({ dataDir, port, password: secrets.postgresPassword, logFile }),
    lastWords: () => logs.tail('postgres'),
  };
}

/** nats-server as something that is kept up, its configuration written from the contracts. */
export function natsUnit({ dataDir, port, secrets, logs }: ServerOptions, binary: string): Unit {
  const logFile = logs.file('nats');
  const config = path.join(dataDir, 'nats.conf');
  const env = natsEnvironment(secrets);
  return {
    name: 'nats-server',
    async start() {
      const storeDir = path.join(dataDir, 'nats');
      await fs.writeFile(config, natsConf({ host: '127.0.0.1', port, storeDir }), { mode: 0o600 });
      return startNats({ binary, config, port, env, logFile });
    },
    lastWords: () => logs.tail('nats'),
  };
}
