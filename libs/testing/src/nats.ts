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
import { connect } from 'nats';
import { randomBytes } from 'node:crypto';
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
  /** What nobody may in an installation: hears every message on every subject, with the subject for its answer. */
  overhear(hear: (message: { subject: string; reply?: string; data: string }) => void): Promise<void>;
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
  const onlooker = { user: 'onlooker', pass: randomBytes(16).toString('hex') };
  const conf = natsConf({ host: '127.0.0.1', port, storeDir: path.join(folder, 'jetstream') });
  const rights = 'permissions: { subscribe: ">", publish: { deny: ">" } }';
  const line = `users: [\n    { user: ${onlooker.user}, password: "${onlooker.pass}", ${rights} }`;
  await fs.writeFile(config, conf.replace('users: [', line));
  const links: NatsLink[] = [];
  const down: (() => Promise<void>)[] = [];
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
    async overhear(hear) {
      const connection = await connect({ servers: url, ...onlooker });
      down.push(() => connection.close());
      const decoder = new TextDecoder();
      connection.subscribe('>', {
        callback: (_error, { subject, reply, data, headers }) =>
          hear({ subject, reply, data: `${headers ? [...headers].join('\n') : ''}\n${decoder.decode(data)}` }),
      });
      await connection.flush();
    },
    async close() {
      await Promise.all(down.map((end) => end()));
      await Promise.all(links.map((link) => link.close()));
      await nats.stop();
    },
  };
}
