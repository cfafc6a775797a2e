import { findNatsServer, freePorts, removePostgresFiles, startNats, startPostgres } from '@musicgen/embedded';
import { makeSecrets, natsConf, natsEnvironment, provisionNats } from '@musicgen/service-kit';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** What the test files are told, in `MUSICGEN_TEST`. */
export interface TestInfrastructure {
  folder: string;
  postgresUrl: string;
  natsUrl: string;
  natsBinary: string;
}

/** One real Postgres and one real nats-server for a whole run of tests, thrown away after it. */
export async function startInfrastructure(root: string): Promise<{ info: TestInfrastructure; stop(): Promise<void> }> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'musicgen-test-'));
  const [postgresPort, natsPort] = (await freePorts(2)) as [number, number];
  const secrets = await makeSecrets(path.join(folder, 'secrets'));
  const config = path.join(folder, 'nats.conf');
  await fs.writeFile(config, natsConf({ host: '127.0.0.1', port: natsPort, storeDir: path.join(folder, 'jetstream') }));
  const natsBinary = await findNatsServer({ cacheDir: path.join(root, '.cache') });
  const [postgres, nats] = await Promise.all([
    startPostgres({ dataDir: folder, port: postgresPort, password: secrets.postgresPassword, durable: false }),
    startNats({ binary: natsBinary, config, port: natsPort, env: natsEnvironment(secrets) }),
  ]);
  await provisionNats({ url: nats.url, adminSeed: secrets.admin.nkeySeed });
  return {
    info: { folder, postgresUrl: postgres.url, natsUrl: nats.url, natsBinary },
    async stop() {
      await Promise.all([postgres.stop(), nats.stop()]);
      await removePostgresFiles(folder);
      await fs.rm(folder, { recursive: true, force: true });
    },
  };
}
