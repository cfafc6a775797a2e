import { freePort, testInfrastructure, until } from '@musicgen/testing';
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { readComposeFile, volumeAt } from './compose-file';

jest.setTimeout(600_000);

const root = path.join(__dirname, '../../..');
const run = promisify(execFile);
const { services } = readComposeFile(root);
const apps = ['auth-gateway', 'credential-vault', 'musicgen-api'] as const;
const startable = [...apps, 'platform-sandbox'] as const;
const database = `deploy_${randomBytes(6).toString('hex')}`;
const { PATH } = process.env;

const admin = { ADMIN_EMAIL: 'root@example.com', ADMIN_PASSWORD: 'tidal lantern gravel 47' };

let folder: string;
let firstInit: string;
const deployed = (app: string) => path.join(folder, app);
const readJson = async (file: string) => JSON.parse(await fs.readFile(file, 'utf8'));
const deploy = (app: string) => run(process.execPath, ['tools/deploy/deploy.mjs', app, deployed(app)], { cwd: root });

/** Runs the init step from its folder, with the run's servers and secrets. */
async function migrate(args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { folder: own, natsUrl, postgresUrl } = testInfrastructure();
  const known = {
    SECRETS_DIR: path.join(own, 'secrets'),
    HANDOUT_DIR: path.join(folder, 'handout'),
    ADMIN_DATABASE_URL: postgresUrl,
    DATABASE_NAME: database,
    NATS_URL: natsUrl,
  };
  const options = { cwd: deployed('migrate'), env: { PATH, ...known, ...env } };
  return (await run(process.execPath, ['main.js', ...args], options)).stdout;
}

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'deploy-'));
  await Promise.all([...startable, 'migrate'].map(deploy));
  await migrate(['secrets']);
  firstInit = await migrate([], admin);
});
afterAll(async () => {
  await fs.rm(folder, { recursive: true });
  const client = new Client({ connectionString: testInfrastructure().postgresUrl });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await client.end();
});

/** What docker-compose.yml tells the service, with this run's addresses and folders instead of a container's. */
function environmentOf(app: string, port: number): NodeJS.ProcessEnv {
  const service = services[app]!;
  const secrets = path.join(folder, 'handout', (volumeAt(service, '/run/secrets') ?? 'none').replace(/-secrets$/, ''));
  const here = Object.entries(service.environment ?? {}).map(([name, value]) => [
    name,
    value.replace(/^\/run\/secrets/, secrets).replace(/^\/(?=data|mail)/, `${folder}/`),
  ]);
  const ports = { PORT: String(port), HEALTH_PORT: String(port) };
  return {
    PATH,
    NODE_ENV: 'production',
    ...Object.fromEntries(here),
    ...ports,
    NATS_URL: testInfrastructure().natsUrl,
  };
}

/** Runs the HEALTHCHECK of the images; rejects when the service is not healthy. */
async function checkHealth(port: number): Promise<void> {
  const dockerfile = await fs.readFile(path.join(root, 'Dockerfile'), 'utf8');
  const [, check = '[]'] = /^HEALTHCHECK [^[]*CMD (\[.*\])$/m.exec(dockerfile) ?? [];
  const [, ...args] = JSON.parse(check) as string[];
  await run(process.execPath, args, { env: { HEALTH_PORT: String(port) } });
}

/** Starts the service from its folder, waits until it is ready, and returns what stops it and gives its exit status. */
async function start(app: string, port: number): Promise<() => Promise<number | null>> {
  const options = { cwd: deployed(app), env: environmentOf(app, port), stdio: 'pipe' } as const;
  const child = spawn(process.execPath, ['main.js'], options);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const isReady = async () => {
    if (child.exitCode !== null) throw new Error(`${app} ended with status ${child.exitCode}:\n${output}`);
    return (await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined))?.ok;
  };
  await until(isReady, `${app} to be ready`, 60_000);
  return async () => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    return (await exited)[0] as number | null;
  };
}

describe.each(startable)('the deployable folder of %s', (app) => {
  it('becomes ready as docker-compose.yml configures it, and ends in good order on SIGTERM', async () => {
    const port = await freePort();
    const stop = await start(app, port);
    await checkHealth(port);
    expect(await stop()).toBe(0);
    await expect(checkHealth(port)).rejects.toMatchObject({ code: 1 });
  });

  it('holds packages at the versions of the root lock file, and none for development', async () => {
    const { packages } = await readJson(path.join(root, 'package-lock.json'));
    const { devDependencies } = await readJson(path.join(root, 'package.json'));
    const installed = (await readJson(path.join(deployed(app), 'node_modules/.package-lock.json'))).packages;
    for (const [place, { integrity }] of Object.entries<{ integrity: string }>(installed)) {
      expect([place, integrity]).toEqual([place, packages[place]?.integrity]);
      expect(devDependencies).not.toHaveProperty([place.slice('node_modules/'.length)]);
    }
  });

  it('holds the code of no other service and no tests', async () => {
    const kind = app === 'platform-sandbox' ? 'tools' : 'apps';
    expect(await fs.readdir(path.join(deployed(app), 'dist'))).toEqual([kind]);
    expect(await fs.readdir(path.join(deployed(app), 'dist', kind))).toEqual([app]);
    const files = await fs.readdir(path.join(deployed(app), 'dist'), { recursive: true });
    expect(files.filter((file) => /\.spec\.|bench|libs\/(testing|embedded)\//.test(file))).toEqual([]);
  });
});

describe('the deployable folder of the init step', () => {
  it('makes the first administrator, and nobody after him', async () => {
    expect(firstInit).toContain('root@example.com is the first administrator.');
    expect(await migrate([], { ...admin, ADMIN_EMAIL: 'other@example.com' })).toContain('an administrator already.');
  });

  it('says in a sentence each what is missing, with the status of a wrong configuration', async () => {
    const failure = await migrate([], { SECRETS_DIR: '', NATS_URL: '' }).catch((error) => error);
    expect([failure.code, failure.stderr]).toEqual([78, 'SECRETS_DIR is not set.\nNATS_URL is not set.\n']);
  });
});

it('refuses a folder that is not empty, and a service that there is not', async () => {
  await expect(deploy(apps[0])).rejects.toMatchObject({ stderr: expect.stringContaining('is not empty.') });
  await expect(deploy('nobody')).rejects.toMatchObject({ stderr: expect.stringContaining('"nobody" is no service') });
});
