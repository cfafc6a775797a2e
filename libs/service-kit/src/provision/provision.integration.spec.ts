import { serviceNames, type ServiceName } from '@musicgen/platform-contracts';
import { startTestNats, testInfrastructure, testSecrets, type TestNats } from '@musicgen/testing';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { provision } from './provision';

const { postgresUrl } = testInfrastructure();
const database = `test_${randomBytes(6).toString('hex')}`;
let nats: TestNats;

beforeAll(async () => {
  nats = await startTestNats();
});
afterAll(async () => {
  await nats.close();
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await client.end();
});

const run = async (migrate: (service: ServiceName, ownerUrl: string) => Promise<void>) =>
  provision({ adminDatabaseUrl: postgresUrl, database, natsUrl: nats.url, secrets: await testSecrets(), migrate });

async function makeTable(service: ServiceName, ownerUrl: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  await client.query(`CREATE TABLE IF NOT EXISTS ${service}_things (id int)`);
  await client.end();
}

it('runs every service’s migrations as the owner of its schema, and can be run again', async () => {
  for (let round = 0; round < 2; round += 1) {
    const migrated: string[] = [];
    await run(async (service, ownerUrl) => {
      await makeTable(service, ownerUrl);
      migrated.push(service);
    });
    expect(migrated.toSorted()).toEqual(serviceNames.toSorted());
  }
});

it('fails when a migration fails, and can be run again', async () => {
  const migrate = (service: ServiceName) => (service === 'vault' ? Promise.reject(new Error('no')) : Promise.resolve());
  await expect(run(migrate)).rejects.toThrow('no');
  // Also: what is still under way with nats-server finds it there.
  await run(makeTable);
});
