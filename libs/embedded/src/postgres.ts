import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { readyWhen, startKept, type KeptProcess } from './kept-process';
import { stopLeftovers } from './leftovers';
import { installationName, postgresBinaries, postgresHome, postgresUser, type PostgresUser } from './postgres-files';
import { Problem } from './problem';

export interface PostgresOptions {
  /** The installation's folder; Postgres's own files lie in `postgres` below it. One starter at a time may use it. */
  dataDir: string;
  port: number;
  /** Of the superuser `postgres`; the one the cluster was made with. */
  password: string;
  logFile?: string;
  /** False where the data may be lost with the machine, as in tests: several times faster. */
  durable?: boolean;
}

export interface Postgres extends KeptProcess {
  port: number;
  /** Of the superuser, to the database `postgres`. */
  url: string;
}

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '64MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %q%u@%d ',
};
/** What is committed survives the death of Postgres with these, not that of the machine. */
const settingsOfThrowaway = { fsync: 'off', full_page_writes: 'off' };

interface Cluster {
  bin: string;
  data: string;
  user: PostgresUser | undefined;
}

/** Made beside and renamed, so that a cluster is there whole or not at all. */
async function makeCluster({ bin, data, user }: Cluster, password: string, durable: boolean): Promise<void> {
  const fresh = `${data}.new`;
  const passwordFile = `${data}.password`;
  await fs.rm(fresh, { recursive: true, force: true });
  await fs.mkdir(fresh, { mode: 0o700 });
  await fs.rm(passwordFile, { force: true });
  await fs.writeFile(passwordFile, password, { mode: 0o600 });
  if (user) await Promise.all([fresh, passwordFile].map((file) => fs.chown(file, user.uid, user.gid)));
  const args = ['-D', fresh, '-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  args.push('--encoding=UTF8', '--locale=C', ...(durable ? [] : ['--no-sync']));
  try {
    await promisify(execFile)(path.join(bin, 'initdb'), args, {
      ...user,
      cwd: '/',
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    });
  } catch (err) {
    throw new Error(`initdb failed: ${(err as { stderr?: string }).stderr?.trim() || (err as Error).message}`, {
      cause: err,
    });
  } finally {
    await fs.rm(passwordFile, { force: true });
  }
  await fs.rename(fresh, data);
}

/** True when the superuser can log in to our server, not to one that has the port before us; false while it is not there yet or recovering. */
async function answers(url: string, name: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (err) {
    if ((err as { code?: string }).code !== '28P01') return false;
    throw new Problem('Postgres does not accept the password of this installation: its files are from another one.');
  }
  try {
    const { rows } = await client.query<{ cluster_name: string }>('SHOW cluster_name');
    return rows[0]?.cluster_name === name;
  } finally {
    await client.end();
  }
}

/** Starts the embedded Postgres on 127.0.0.1 and settles when it answers; the first time it makes the cluster. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { dataDir, port, password, durable = true } = options;
  const home = await postgresHome(path.resolve(dataDir));
  const data = path.join(home, 'data');
  const user = await postgresUser(data);
  const bin = await postgresBinaries(user);
  const mark = installationName(dataDir);
  await stopLeftovers('postgres', mark, 'SIGINT');
  if (!(await fs.stat(data).catch(() => undefined))) await makeCluster({ bin, data, user }, password, durable);
  // Nothing runs on these files: the process it names is another one by now, or none, and would keep Postgres from starting.
  await fs.rm(path.join(data, 'postmaster.pid'), { force: true });

  const all = { ...settings, ...(durable ? {} : settingsOfThrowaway), port: String(port), cluster_name: mark };
  const logFile = options.logFile ?? path.join(home, 'postgres.log');
  const kept = await startKept({
    name: mark,
    command: path.join(bin, 'postgres'),
    args: ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    env: { LC_ALL: 'C' },
    user,
    stopSignal: 'SIGINT',
    logFile,
  });
  const url = `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  await readyWhen({ name: 'Postgres', kept, logFile }, () => answers(url, mark));
  return { ...kept, port, url };
}
