import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { findRunning } from './leftovers';
import { freePorts } from './ports';
import { startPostgres, type Postgres } from './postgres';
import { installationName, removePostgresFiles } from './postgres-files';
import { waitFor } from './wait';

const password = 'p@ss/word 1';
let dataDir: string;
let port: number;

beforeEach(async () => {
  dataDir = await fs.mkdtemp(path.join(os.tmpdir(), 'postgres-'));
  [port = 0] = await freePorts(1);
});
afterEach(async () => {
  await killAll();
  await removePostgresFiles(dataDir);
  await fs.rm(dataDir, { recursive: true });
});

const start = () => startPostgres({ dataDir, port, password, durable: false });
const running = () => findRunning('postgres', installationName(dataDir));
/** One that is killed takes others with it. */
async function killAll(): Promise<void> {
  for (const { pid } of await running()) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
const gone = () => waitFor('Postgres is gone', async () => (await running()).length === 0, { timeoutMs: 60_000 });

async function query(postgres: Postgres, sql: string): Promise<unknown[][]> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

test('starts as the present user, listens on 127.0.0.1 only, and lets nobody in without the password', async () => {
  const postgres = await start();
  expect(await query(postgres, `SHOW listen_addresses`)).toEqual([['127.0.0.1']]);
  expect(await query(postgres, `SHOW server_encoding`)).toEqual([['UTF8']]);
  const other = new Client({ connectionString: postgres.url.replace(/:[^:@]*@/, ':other@') });
  await expect(other.connect()).rejects.toMatchObject({ code: '28P01' });
  await postgres.stop();
  expect(await running()).toEqual([]);
});

test('keeps its password off every command line', async () => {
  const postgres = await start();
  expect(JSON.stringify(await findRunning('postgres', ''))).not.toContain(password);
  await postgres.stop();
});

test('says so when its files are those of another installation', async () => {
  await (await start()).stop();
  const second = startPostgres({ dataDir, port, password: 'another', durable: false });
  await expect(second).rejects.toThrow(/does not accept the password/);
  expect(await running()).toEqual([]);
});

test('has its data again after a kill -9 of all its processes', async () => {
  const first = await start();
  await query(first, `CREATE TABLE kept AS SELECT 'as it was' AS how`);
  await killAll();
  expect(await first.exited).not.toEqual({ code: 0, signal: null });
  const second = await start();
  expect(await query(second, 'SELECT how FROM kept')).toEqual([['as it was']]);
  await second.stop();
});

test('starts although its pid file names a living process', async () => {
  await (await start()).stop();
  const data = path.join(await fs.realpath(path.join(dataDir, 'postgres')), 'data');
  await fs.writeFile(path.join(data, 'postmaster.pid'), `${process.pid}\n${data}\n1\n${port}\n\n127.0.0.1\n`);
  await (await start()).stop();
});

test('takes the place of one that an earlier start has left running', async () => {
  const first = await start();
  const second = await start();
  await first.exited;
  expect(await query(second, 'SELECT 1')).toEqual([[1]]);
  await second.stop();
});

test('makes its files anew when making them was interrupted', async () => {
  const home = path.join(dataDir, 'postgres');
  await (await start()).stop();
  const data = path.join(await fs.realpath(home), 'data');
  await fs.rename(data, `${data}.new`);
  await fs.rm(path.join(`${data}.new`, 'global'), { recursive: true });
  const postgres = await start();
  expect(await query(postgres, 'SELECT 1')).toEqual([[1]]);
  await postgres.stop();
});

test('says what its log says when it cannot start', async () => {
  const other = await start();
  await expect(startPostgres({ dataDir: `${dataDir}/other`, port, password, durable: false })).rejects.toThrow(
    /could not bind IPv4 address "127.0.0.1": Address already in use/,
  );
  await other.stop();
  await removePostgresFiles(`${dataDir}/other`);
  await gone();
});
