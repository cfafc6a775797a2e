import { freePorts, startNats, type Nats } from '@musicgen/embedded';
import type { ServiceName } from '@musicgen/platform-contracts';
import {
  connectNats,
  createLogger,
  makeSecrets,
  natsConf,
  natsEnvironment,
  NatsLink,
  provisionNats,
  type Secrets,
} from '@musicgen/service-kit';
import fs from 'node:fs/promises';
import path from 'node:path';
import { testInfrastructure } from './infrastructure';

/** The secrets that the run's servers and roles were made with. */
export const testSecrets = (): Promise<Secrets> => makeSecrets(path.join(testInfrastructure().folder, 'secrets'));

/** A log that says nothing. */
export const silentLogger = createLogger('test', 'silent');

/** A nats-server of one test file's own: files run side by side, and members of one queue group would share their calls. */
export interface TestNats {
  url: string;
  /** As one service, with just that service's permissions. Closed by `close`. */
  connect(service: ServiceName | 'admin'): Promise<NatsLink>;
  /** Stops the server; what is connected stays and tries again. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a nats-server with the permissions, the stream and the consumers that the contracts make. */
export async function startTestNats(): Promise<TestNats> {
  const secrets = await testSecrets();
  const folder = await fs.mkdtemp(path.join(testInfrastructure().folder, 'nats-'));
  const [port] = (await freePorts(1)) as [number];
  const config = path.join(folder, 'nats.conf');
  await fs.writeFile(config, natsConf({ host: '127.0.0.1', port, storeDir: path.join(folder, 'jetstream') }));
  const links: NatsLink[] = [];
  let nats: Nats;
  const start = async () => {
    nats = await startNats({ binary: testInfrastructure().natsBinary, config, port, env: natsEnvironment(secrets) });
  };
  await start();
  const url = `nats://127.0.0.1:${port}`;
  await provisionNats({ url, adminSeed: secrets.admin.nkeySeed });
  return {
    url,
    start,
    stop: () => nats.stop(),
    async connect(service) {
      const nkeySeed = service === 'admin' ? secrets.admin.nkeySeed : secrets.services[service].nkeySeed;
      const link = new NatsLink(connectNats({ service, url, nkeySeed }), silentLogger);
      links.push(link);
      await link.connected;
      return link;
    },
    async close() {
      await Promise.all(links.map((link) => link.close()));
      await nats.stop();
    },
  };
}
