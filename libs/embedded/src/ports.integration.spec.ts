import fs from 'node:fs/promises';
import { once } from 'node:events';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePorts, stablePorts, tryPort } from './ports';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'ports-'));
  file = path.join(folder, 'ports.json');
});
afterEach(() => fs.rm(folder, { recursive: true }));

async function take(port: number): Promise<net.Server> {
  const server = net.createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

test('chooses the same ports again, and writes them down', async () => {
  const first = await stablePorts(file, ['postgres', 'nats']);
  expect(first.postgres).not.toBe(first.nats);
  expect(await stablePorts(file, ['postgres', 'nats'])).toEqual(first);
  expect(JSON.parse(await fs.readFile(file, 'utf8'))).toEqual(first);
});

test('chooses another port for the one that somebody else has taken, and for that one only', async () => {
  const first = await stablePorts(file, ['postgres', 'nats']);
  const other = await take(first.nats);
  const second = await stablePorts(file, ['postgres', 'nats']);
  other.close();
  expect(second.postgres).toBe(first.postgres);
  expect(second.nats).not.toBe(first.nats);
});

test('does not choose a port that is spoken for, also not when it had it before', async () => {
  const { postgres } = await stablePorts(file, ['postgres']);
  expect((await stablePorts(file, ['postgres'], [postgres])).postgres).not.toBe(postgres);
});

test('starts afresh from a file that is damaged', async () => {
  await fs.writeFile(file, '{"postgres":');
  expect((await stablePorts(file, ['postgres'])).postgres).toBeGreaterThan(1024);
});

test('gives a taken port away with the reason', async () => {
  const [port = 0] = await freePorts(1);
  const server = await take(port);
  expect(await tryPort(port)).toEqual({ free: false, why: 'EADDRINUSE' });
  server.close();
});
