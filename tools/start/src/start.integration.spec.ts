import { findRunning, freePorts, installationName, removePostgresFiles } from '@musicgen/embedded';
import { until } from '@musicgen/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const root = path.join(__dirname, '../../..');
const main = path.join(root, 'dist/tools/start/tools/start/src/main.js');

let dataDir: string;
let port: number;
let started: Starter[];

beforeEach(async () => {
  dataDir = await fs.mkdtemp(path.join(os.tmpdir(), 'start-'));
  [port = 0] = await freePorts(1);
  started = [];
});
afterEach(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await nothingLeft();
  await removePostgresFiles(dataDir);
  await fs.rm(dataDir, { recursive: true });
});

const healthy = `require('http').createServer((req, res) => res.end()).listen(process.env.HEALTH_PORT);
  process.on('SIGTERM', () => process.exit(0));`;

interface Starter {
  child: ChildProcess;
  output: () => string;
  /** Settles with the exit status. */
  ended: Promise<number | null>;
}

/** The real starter in a process of its own, with one service whose program is given. */
function start({ service = healthy, env = {} }: { service?: string; env?: Record<string, string> } = {}): Starter {
  const plan = `{
    provision: async () => undefined,
    services: ({ ports }) => [{ name: 'fake', healthPort: ports.vault, args: ['-e', process.argv[1]],
      env: { ...process.env, HEALTH_PORT: String(ports.vault) } }],
    demo: async ({ baseUrl }) => ({ base_url: baseUrl, email: 'demo@example.com' }),
  }`;
  const script = `require(${JSON.stringify(main)}).start(${JSON.stringify(root)}, ${plan}).then(process.exit)`;
  const child = spawn(process.execPath, ['-e', script, `${service} // ${dataDir}`], {
    env: { PATH: process.env.PATH, PORT: String(port), DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const starter = { child, output: () => output, ended };
  started.push(starter);
  return starter;
}

const isUp = ({ output }: Starter) => until(() => output().includes('is up.'), 'the platform to be up', 120_000);
const postgres = () => findRunning('postgres', installationName(dataDir));
const nats = () => findRunning('nats-server', dataDir);
const fake = async () =>
  (await findRunning('node', dataDir)).filter(({ command }) => command.includes(" -e require('http')"));
const running = async () => [...(await postgres()), ...(await nats()), ...(await findRunning('node', dataDir))];
const nothingLeft = () => until(async () => (await running()).length === 0, 'nothing to be left');
const mode = async (file: string) => (await fs.stat(path.join(dataDir, file))).mode & 0o777;

test('comes up, writes down what a script needs for nobody else to read, and SIGTERM stops all of it', async () => {
  const starter = start();
  await isUp(starter);
  const demo = JSON.parse(await fs.readFile(path.join(dataDir, 'demo.json'), 'utf8'));
  expect(demo.base_url).toBe(`http://127.0.0.1:${port}`);
  expect(await Promise.all(['.', 'demo.json', 'ports.json'].map(mode))).toEqual([0o700, 0o600, 0o600]);
  starter.child.kill('SIGTERM');
  expect(await starter.ended).toBe(0);
  expect(await running()).toEqual([]);
});

test('stops in good order also while it is still starting', async () => {
  const starter = start({ service: 'setInterval(() => {}, 1000)' });
  await until(() => starter.output().includes('Starting the services.'), 'the service to be started', 120_000);
  starter.child.kill('SIGINT');
  starter.child.kill('SIGINT');
  expect(await starter.ended).toBe(0);
  expect(await running()).toEqual([]);
});

test('refuses to share its data with a second start, which it survives', async () => {
  const first = start();
  await isUp(first);
  const second = start({ env: { PORT: '1' } });
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(
    `The data in ${dataDir} is in use by another npm start (process ${first.child.pid})`,
  );
  expect(await fake()).toHaveLength(1);
});

test('names the port that is taken and how to choose another', async () => {
  const other = net.createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  const starter = start();
  expect(await starter.ended).toBe(1);
  other.close();
  expect(starter.output().trim()).toBe(
    `Port ${port} is taken by another program: choose another, for example PORT=${port + 1} npm start.`,
  );
});

test.each([
  [{ PORT: 'http' }, 'PORT is "http"; it must be a whole number from 1 to 65535.'],
  [{ DATA_DIR: '/dev/null' }, '/dev/null cannot be used for the data (EEXIST): choose another folder with DATA_DIR.'],
])('names the setting that is wrong: %p', async (env, sentence) => {
  const starter = start({ env });
  expect(await starter.ended).toBe(1);
  expect(starter.output().trim()).toBe(sentence);
});

test('leaves nothing behind when it is killed with SIGKILL, and starts again at once', async () => {
  const first = start();
  await isUp(first);
  first.child.kill('SIGKILL');
  await first.ended;
  const second = start();
  await isUp(second);
  second.child.kill('SIGKILL');
  await nothingLeft();
});

test.each([
  ['fake', fake],
  ['Postgres', postgres],
  ['nats-server', nats],
])('starts a killed process again: %s', async (name, find) => {
  const starter = start();
  await isUp(starter);
  const before = await find();
  for (const { pid } of before) process.kill(pid, 'SIGKILL');
  const isNew = async () => {
    const now = await find();
    return now.length > 0 && now.every(({ pid }) => before.every((old) => old.pid !== pid));
  };
  await until(isNew, 'it to be there again');
  expect(starter.output()).toMatch(new RegExp(`^${name} ended \\(.*\\); it is started again in 0.5 s.$`, 'm'));
  starter.child.kill('SIGTERM');
  expect(await starter.ended).toBe(0);
});

test('gives up on a service that has died five times within a minute, with its last words, and stops everything', async () => {
  const starter = start({ service: `console.error('no idea what to do'); process.exit(4)` });
  expect(await starter.ended).toBe(1);
  expect(starter.output()).toMatch(
    /fake ended five times within a minute \(exit status 4\)\. Its last words:\n(.*\n)* {2}no idea what to do\n/,
  );
  expect(await running()).toEqual([]);
});

test('does not try again when a service says that its configuration is wrong', async () => {
  const starter = start({ service: `console.error('COLOUR is not set.'); process.exit(78)` });
  expect(await starter.ended).toBe(1);
  expect(starter.output()).toContain('fake cannot be started:\n  COLOUR is not set.\n');
  expect(starter.output()).not.toContain('started again');
});
