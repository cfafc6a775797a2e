import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startKept } from './kept-process';
import { findRunning } from './leftovers';
import { waitFor } from './wait';

const root = path.join(__dirname, '../../..');
let folder: string;
let mark: string;
let logFile: string;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'kept-'));
  mark = path.basename(folder);
  logFile = path.join(folder, 'log');
});
afterEach(() => fs.rm(folder, { recursive: true }));

/** A server that only SIGINT ends in good order, and that nothing but a signal ends. */
const server = `process.on('SIGINT', () => { console.log('in good order'); process.exit(0); }); setInterval(() => {}, 1000); console.log('up')`;
const options = () => ({
  name: mark,
  command: process.execPath,
  args: ['-e', `${server} // ${mark}`],
  stopSignal: 'SIGINT' as const,
  logFile,
});

const log = () => fs.readFile(logFile, 'utf8').catch(() => '');
/** Time enough for any machine. */
const patience = { timeoutMs: 60_000 };
const isUp = () => waitFor('the server is up', async () => (await log()).includes('up'), patience);
/** The server itself: its keeper and its starter have its text in their command lines too. */
const servers = async () =>
  (await findRunning('node', mark)).filter(({ command }) => command.includes(`-e ${server} // ${mark}`));
const noneLeft = () => waitFor('nothing is left', async () => (await servers()).length === 0, patience);

async function keeperOfServer(): Promise<number> {
  const [server] = await servers();
  const stat = await fs.readFile(`/proc/${server?.pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** A starter in a process of its own, which can be killed. */
function startElsewhere() {
  const lib = path.join(root, 'dist/tools/start/libs/embedded/src/kept-process.js');
  const script = `require(${JSON.stringify(lib)}).startKept(JSON.parse(process.argv[1]))`;
  return spawn(process.execPath, ['-e', script, JSON.stringify(options())], { stdio: 'ignore' });
}

test('stops the server with the signal it understands, and tells how it ended', async () => {
  const kept = await startKept(options());
  await isUp();
  await kept.stop();
  expect(await kept.exited).toEqual({ code: 0, signal: null });
  expect(await log()).toBe('up\nin good order\n');
});

test('tells when the server ends by itself', async () => {
  const kept = await startKept({ ...options(), args: ['-e', 'process.exit(3)'] });
  expect(await kept.exited).toEqual({ code: 3, signal: null });
});

test('tells when the server is not there at all', async () => {
  const kept = await startKept({ ...options(), command: path.join(folder, 'none') });
  expect(await kept.exited).toMatchObject({ code: 127 });
  expect(await log()).toContain(path.join(folder, 'none'));
});

test('a starter killed with SIGKILL leaves nothing behind, and the server ends in good order', async () => {
  const starter = startElsewhere();
  await isUp();
  starter.kill('SIGKILL');
  await noneLeft();
  expect(await log()).toBe('up\nin good order\n');
});

test('a keeper killed with SIGKILL leaves nothing behind', async () => {
  const kept = await startKept(options());
  await isUp();
  process.kill(await keeperOfServer(), 'SIGKILL');
  expect(await kept.exited).toEqual({ code: null, signal: 'SIGKILL' });
  await noneLeft();
});

test('starter and keeper killed with SIGKILL at once leave nothing behind', async () => {
  const starter = startElsewhere();
  await isUp();
  const keeper = await keeperOfServer();
  process.kill(keeper, 'SIGSTOP');
  starter.kill('SIGKILL');
  process.kill(keeper, 'SIGKILL');
  await noneLeft();
});
