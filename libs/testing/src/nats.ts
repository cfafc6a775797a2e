import type { ServiceName } from '@musicgen/platform-contracts';
import { connectNats, createLogger, makeSecrets, NatsLink, type Secrets } from '@musicgen/service-kit';
import path from 'node:path';
import { testInfrastructure } from './infrastructure';

/** The secrets that the run's nats-server and roles were made with. */
export const testSecrets = (): Promise<Secrets> => makeSecrets(path.join(testInfrastructure().folder, 'secrets'));

/** A log that says nothing. */
export const silentLogger = createLogger('test', 'silent');

/** A connection to the run's nats-server as one service, with just that service's permissions. Close it. */
export async function testNats(service: ServiceName | 'admin'): Promise<NatsLink> {
  const secrets = await testSecrets();
  const nkeySeed = service === 'admin' ? secrets.admin.nkeySeed : secrets.services[service].nkeySeed;
  return new NatsLink(await connectNats({ service, url: testInfrastructure().natsUrl, nkeySeed }), silentLogger);
}
