import { testInfrastructure } from '@musicgen/testing';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { readComposeFile, volumeAt } from './compose-file';

const root = path.join(__dirname, '../../..');
const run = promisify(execFile);
const migrate = path.join(root, 'dist/tools/migrate/tools/migrate/src/main.js');
const { services, volumes } = readComposeFile(root);
const entries = Object.entries(services);
const apps = entries.filter(([, { build, profiles }]) => build && build.args.APP !== 'migrate' && !profiles);

let folder: string;
/** What the job `secrets` puts into a volume. */
const handedOut = (volume = 'none') => path.join(folder, 'handout', volume.replace(/-secrets$/, ''));

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'compose-'));
  const env = {
    ...services.secrets?.environment,
    SECRETS_DIR: path.join(folder, 'secrets'),
    HANDOUT_DIR: path.join(folder, 'handout'),
  };
  await run(process.execPath, [migrate, 'secrets'], { env });
});
afterAll(() => fs.rm(folder, { recursive: true }));

/** The variables of a configuration; asked of the compiled code, in a process of its own. */
async function variablesOf(project: string, schema: string): Promise<string[]> {
  const built = path.join(root, 'dist', project);
  const script = `const { ${schema} } = require('${built}/${project}/src/config.js');
    const { variableName } = require('${built}/libs/service-kit/src/config/config.js');
    console.log(JSON.stringify(Object.keys(${schema}).map(variableName)));`;
  return JSON.parse((await run(process.execPath, ['-e', script], { env: {} })).stdout) as string[];
}

it('runs every service, each from an image of its own', async () => {
  const folders = await fs.readdir(path.join(root, 'apps'));
  const isService = (name: string) => existsSync(path.join(root, 'apps', name, 'src/main.ts'));
  expect(apps.map(([name]) => name).sort()).toEqual(folders.filter(isService).sort());
  for (const [name, { build, image }] of apps) expect([build?.args.APP, image]).toEqual([name, `musicgen-${name}`]);
});

it.each(apps)('tells %s nothing that its configuration does not know', async (app, { environment = {} }) => {
  const known = await variablesOf(`apps/${app}`, 'config');
  expect(Object.keys(environment).filter((name) => !known.includes(name.replace(/_FILE$/, '')))).toEqual([]);
});

it.each([
  ['init', 'initConfig'],
  ['secrets', 'handOutConfig'],
])('tells the job %s nothing that its configuration does not know', async (job, schema) => {
  const known = await variablesOf('tools/migrate', schema);
  expect(Object.keys(services[job]?.environment ?? {}).filter((name) => !known.includes(name))).toEqual([]);
});

it('hands every container the secrets that it is told to read', async () => {
  for (const [name, service] of entries) {
    const given = handedOut(volumeAt(service, '/run/secrets'));
    for (const [variable, file] of Object.entries(service.environment ?? {})) {
      // The sandbox's state is no secret: it is a file that it writes.
      if (!variable.endsWith('_FILE') || variable === 'STATE_FILE') continue;
      expect([name, path.dirname(file)]).toEqual([name, '/run/secrets']);
      await expect(fs.readFile(path.join(given, path.basename(file)), 'utf8')).resolves.toMatch(/./);
    }
  }
});

it('shows nobody the secrets of another', () => {
  for (const volume of Object.keys(volumes).filter((name) => name.endsWith('-secrets'))) {
    const readers = entries.filter(([, service]) => service.volumes?.some((line) => line.startsWith(`${volume}:`)));
    expect([volume, readers.length, readers.some(([name]) => name === 'secrets')]).toEqual([volume, 2, true]);
  }
  const all = entries.filter(([, service]) => service.volumes?.some((line) => line.startsWith('secrets:')));
  expect(all.map(([name]) => name)).toEqual(['secrets', 'init']);
});

it('runs the platform sandbox only if asked, under one address for the vault and for browsers', async () => {
  const { profiles, build, ports, networks, environment, depends_on } = services['platform-sandbox']!;
  expect([profiles, build?.args.APP, depends_on]).toEqual([['sandbox'], 'platform-sandbox', {}]);
  expect(services['credential-vault']?.environment?.SANDBOX_URL).toBe('');
  const text = await fs.readFile(path.join(root, 'docker-compose.yml'), 'utf8');
  const { hostname, port } = new URL(/SANDBOX_URL=(\S+)/.exec(text)?.[1] ?? '');
  expect(networks?.default?.aliases).toEqual([hostname]);
  expect(hostname).toMatch(/\.localhost$/);
  expect(ports).toEqual([`127.0.0.1:${port}:${port}`]);
  expect(environment).toMatchObject({ PORT: port, HEALTH_PORT: port });
});

it('gives nats-server a configuration that it accepts', async () => {
  const [command = '', ...args] = services.nats?.command ?? [];
  expect(command).toBe('nats-server');
  const config = (await fs.readFile(path.join(handedOut('nats-secrets'), 'nats.conf'), 'utf8')).replace(
    'store_dir: "/data"',
    `store_dir: ${JSON.stringify(path.join(folder, 'nats'))}`,
  );
  const file = path.join(folder, 'nats.conf');
  await fs.writeFile(file, config);
  const argv = args.map((arg) => (arg === '/run/secrets/nats.conf' ? file : arg));
  const { stderr } = await run(testInfrastructure().natsBinary, [...argv, '-t']);
  expect(stderr).toContain('is valid');
});

it('starts a service only after the init step, and the init step only when both servers are healthy', () => {
  for (const [, { depends_on }] of apps) {
    expect(depends_on?.init?.condition).toBe('service_completed_successfully');
  }
  for (const server of ['postgres', 'nats']) {
    expect(services.init?.depends_on?.[server]?.condition).toBe('service_healthy');
    expect(services[server]?.depends_on?.secrets?.condition).toBe('service_completed_successfully');
    expect(services[server]?.healthcheck).toBeDefined();
  }
});

it('gives what we build a read-only root file system and no capabilities', () => {
  for (const [name, { build, read_only, cap_drop }] of entries) {
    if (build) expect([name, read_only, cap_drop]).toEqual([name, true, ['ALL']]);
  }
});

it('declares every volume that is mounted, and mounts every volume that is declared', () => {
  const mounted = entries.flatMap(([, service]) => service.volumes?.map((line) => line.split(':')[0]) ?? []);
  expect([...new Set(mounted)].sort()).toEqual(Object.keys(volumes).sort());
});
