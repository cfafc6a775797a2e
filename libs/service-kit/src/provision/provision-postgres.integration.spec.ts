import { serviceNames, type ServiceName } from '@musicgen/platform-contracts';
import { testInfrastructure, testSecrets } from '@musicgen/testing';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { provisionPostgres, roleUrl } from './provision-postgres';
import type { Secrets } from './secrets';

const { postgresUrl } = testInfrastructure();
const database = `test_${randomBytes(6).toString('hex')}`;
const others = ['a', 'b', 'c'].map((name) => `${database}_${name}`);
let secrets: Secrets;

async function query(url: string, ...statements: string[]) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) ({ rows } = await client.query(statement));
    return rows;
  } finally {
    await client.end();
  }
}
const asService = (service: ServiceName) =>
  roleUrl(postgresUrl, database, service, secrets.services[service].databasePassword);
const asOwner = (service: ServiceName) =>
  roleUrl(postgresUrl, database, `${service}_owner`, secrets.services[service].databaseOwnerPassword);

beforeAll(async () => {
  secrets = await testSecrets();
  await provisionPostgres(postgresUrl, database, secrets);
  for (const service of serviceNames) await query(asOwner(service), 'CREATE TABLE things (id serial, text text)');
});
afterAll(async () => {
  for (const name of [database, ...others]) await query(postgresUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
});

describe.each(serviceNames)('the role %s', (service) => {
  it('reads, writes, changes and deletes rows of its own schema, by plain names', async () => {
    const rows = await query(
      asService(service),
      `INSERT INTO things (text) VALUES ('a')`,
      `UPDATE things SET text = 'b'`,
      'DELETE FROM things RETURNING text, current_schema',
    );
    expect(rows).toEqual([{ text: 'b', current_schema: service }]);
  });

  it.each([
    'CREATE TABLE mine (id int)',
    'CREATE TEMPORARY TABLE mine (id int)',
    'CREATE TABLE public.mine (id int)',
    'CREATE SCHEMA mine',
    'ALTER TABLE things ADD COLUMN more int',
    'TRUNCATE things',
    'DROP TABLE things',
    'CREATE ROLE mine',
    `COPY things FROM '/etc/hostname'`,
  ])('is denied %s', async (statement) => {
    await expect(query(asService(service), statement)).rejects.toThrow(/permission denied|must be owner|no schema/);
  });

  it('sees nothing of the other services', async () => {
    for (const other of serviceNames.filter((name) => name !== service)) {
      for (const url of [asService(service), asOwner(service)]) {
        await expect(query(url, `SELECT * FROM ${other}.things`)).rejects.toThrow('permission denied');
        await expect(query(url, `CREATE TABLE ${other}.mine (id int)`)).rejects.toThrow('permission denied');
        await expect(query(url, `SET ROLE ${other}`)).rejects.toThrow('permission denied');
      }
    }
  });

  it('is not let into a database without its schema', async () => {
    const empty = others[0]!;
    await provisionPostgres(
      postgresUrl,
      empty,
      secrets,
      serviceNames.filter((name) => name !== service),
    );
    const url = new URL(asService(service));
    url.pathname = `/${empty}`;
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow('permission denied for database');
    await query(postgresUrl, `DROP DATABASE ${empty} WITH (FORCE)`);
  });
});

it('can be run again: rows stay', async () => {
  await query(asService('vault'), `INSERT INTO things (text) VALUES ('kept')`);
  await provisionPostgres(postgresUrl, database, secrets);
  expect(await query(asService('vault'), 'SELECT text FROM things')).toEqual([{ text: 'kept' }]);
});

it('can be run by several at once, for one database and for different ones', async () => {
  await Promise.all([database, ...others, others[0]!].map((name) => provisionPostgres(postgresUrl, name, secrets)));
  expect(await query(asService('auth'), 'SELECT count(*)::int AS count FROM things')).toEqual([{ count: 0 }]);
});
