import { startNats, type Nats } from '@musicgen/embedded';
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
import { opening } from './closer';
import { testInfrastructure } from './infrastructure';
import { freePort } from './port';

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
export function startTestNats(): Promise<TestNats> {
  return opening(async (closer) => {
    const secrets = await testSecrets();
    const folder = await fs.mkdtemp(path.join(testInfrastructure().folder, 'nats-'));
    const port = await freePort();
    const config = path.join(folder, 'nats.conf');
    const onlooker = { user: 'onlooker', pass: randomBytes(16).toString('hex') };
    const conf = natsConf({ host: '127.0.0.1', port, storeDir: path.join(folder, 'jetstream') });
    const rights = 'permissions: { subscribe: ">", publish: { deny: ">" } }';
    const line = `users: [\n    { user: ${onlooker.user}, password: "${onlooker.pass}", ${rights} }`;
    await fs.writeFile(config, conf.replace('users: [', line));
    let nats: Nats;
    const start = async () => {
      nats = await startNats({ binary: testInfrastructure().natsBinary, config, port, env: natsEnvironment(secrets) });
    };
    await closer.open(start(), () => nats.stop());
    const url = `nats://127.0.0.1:${port}`;
    await provisionNats({ url, adminSeed: secrets.admin.nkeySeed });
    return {
      url,
      start,
      stop: () => nats.stop(),
      async connect(service) {
        const nkeySeed = service === 'admin' ? secrets.admin.nkeySeed : secrets.services[service].nkeySeed;
        const link = new NatsLink(connectNats({ service, url, nkeySeed }), silentLogger);
        await closer.open(link, () => link.close());
        await link.connected;
        return link;
      },
      async overhear(hear) {
        const connecting = connect({ servers: url, ...onlooker });
        const connection = await closer.open(connecting, (connected) => connected.close());
        const decoder = new TextDecoder();
        connection.subscribe('>', {
          callback: (_error, { subject, reply, data, headers }) =>
            hear({ subject, reply, data: `${headers ? [...headers].join('\n') : ''}\n${decoder.decode(data)}` }),
        });
        await connection.flush();
      },
      close: closer.close,
    };
  });
}
