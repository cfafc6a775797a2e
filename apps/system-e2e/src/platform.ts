import { freePort, opening, until } from '@musicgen/testing';
import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '../../..');

/** Starts the compiled starter, as tools/start/start.mjs does once everything is built. */
const launch = `require('./dist/tools/start/tools/start/src/main.js').start(process.cwd()).then((status) => process.exit(status))`;

export interface Demo {
  base_url: string;
  email: string;
  password: string;
  api_key_test: string;
  api_key_live: string;
}

/** The whole platform, started as `npm start` starts it, in a folder of its own. */
export interface Platform {
  url: string;
  demo: Demo;
  output(): string;
  /** Process ids of a service (`musicgen-api`), the parents of its children first. */
  pidsOf(app: string): Promise<number[]>;
  stop(): Promise<number | null>;
}

export function startPlatform(env: Record<string, string> = {}): Promise<Platform> {
  return opening(async (closer) => {
    const making = fs.mkdtemp(path.join(os.tmpdir(), 'musicgen-e2e-'));
    const dataDir = await closer.open(making, removeInstallation);
    const port = await freePort();
    const { MUSICGEN_TEST: _, ...inherited } = process.env;
    const starter = spawn(process.execPath, ['-e', launch], {
      cwd: root,
      env: {
        ...inherited,
        ANONYMOUS_PER_HOUR: '1000000',
        ANONYMOUS_BURST: '1000000',
        ...env,
        PORT: String(port),
        DATA_DIR: dataDir,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [starter.stdout, starter.stderr]) stream.on('data', (data) => (output += data));
    const exited = new Promise<number | null>((resolve) => starter.once('exit', resolve));
    await closer.open(starter, () => {
      starter.kill('SIGTERM');
      return exited;
    });
    const demo = await until(
      () => {
        if (starter.exitCode !== null) throw new Error(`the platform did not start:\n${output}`);
        return fs.readFile(path.join(dataDir, 'demo.json'), 'utf8').then(
          (text) => JSON.parse(text) as Demo,
          () => undefined,
        );
      },
      'the platform to be up',
      120_000,
    );
    return {
      url: demo.base_url,
      demo,
      output: () => output,
      pidsOf: (app) => findPids(app, dataDir),
      async stop() {
        await closer.close();
        return exited;
      },
    };
  });
}

/** With what its Postgres keeps elsewhere, when it was root who started it. */
async function removeInstallation(dataDir: string): Promise<void> {
  const postgres = await fs.realpath(path.join(dataDir, 'postgres')).catch(() => 'none');
  for (const folder of [path.join('/var/tmp', path.basename(postgres)), dataDir]) {
    await fs.rm(folder, { recursive: true, force: true });
  }
}

/** Several installations may run on one machine: ours are those that store in our folder. */
async function findPids(app: string, dataDir: string): Promise<number[]> {
  const pids = (await fs.readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const ours = await Promise.all(
    pids.map(async (pid) => {
      const [command, environment] = await Promise.all(
        ['cmdline', 'environ'].map((file) => fs.readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
      );
      return command!.includes(`apps/${app}/src/main.js`) && environment!.includes(`STORAGE_DIR=${dataDir}/`);
    }),
  );
  return pids.filter((_pid, index) => ours[index]).sort((a, b) => a - b);
}
