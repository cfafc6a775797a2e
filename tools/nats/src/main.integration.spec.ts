import { freePorts, startNats } from '@musicgen/embedded';
import { connectNats, makeSecrets, provisionNats } from '@musicgen/service-kit';
import { testInfrastructure } from '@musicgen/testing';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

const root = path.join(__dirname, '../../..');
const main = path.join(root, 'dist/tools/nats/tools/nats/src/main.js');
let folder: string;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'nats-tool-'));
});
afterEach(() => fs.rm(folder, { recursive: true }));

const run = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });

it('writes a configuration that nats-server starts with and its users connect to', async () => {
  const [port] = (await freePorts(1)) as [number];
  const storeDir = path.join(folder, 'store');
  const args = [folder, '--host', '127.0.0.1', '--port', String(port), '--store-dir', storeDir];
  expect(run(...args).status).toBe(0);
  const before = await fs.readFile(path.join(folder, 'nats.env'), 'utf8');
  expect(run(...args).status).toBe(0);
  expect(await fs.readFile(path.join(folder, 'nats.env'), 'utf8')).toBe(before);

  const env = Object.fromEntries(
    before
      .trim()
      .split('\n')
      .map((line) => line.split('=') as [string, string]),
  );
  const config = path.join(folder, 'nats.conf');
  const nats = await startNats({ binary: testInfrastructure().natsBinary, config, port, env });
  const secrets = await makeSecrets(folder);
  await provisionNats({ url: nats.url, adminSeed: secrets.admin.nkeySeed });
  const connection = await connectNats({ service: 'vault', url: nats.url, nkeySeed: secrets.services.vault.nkeySeed });
  await connection.close();
  await nats.stop();
});

it('has no secret in the configuration', async () => {
  run(folder);
  const text = await Promise.all(['nats.conf', 'nats.env'].map((name) => fs.readFile(path.join(folder, name), 'utf8')));
  expect(text.join('')).not.toMatch(/\bSU[A-Z2-7]{20}/);
});

it.each([[[]], [['a', 'b']], [['a', '--port', 'x']], [['a', '--prot', '1']]])(
  'says how it is used when it is called with %j',
  (args) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(78);
    expect(stderr).toContain('main.js <folder>');
  },
);
