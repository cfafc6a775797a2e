import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { findNatsServer } from './find-nats-server';
import { findRunning } from './leftovers';
import { startNats } from './nats';
import { freePorts } from './ports';

let folder: string;
let port: number;
let config: string;
let binary: string;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'nats-'));
  [port = 0] = await freePorts(1);
  config = path.join(folder, 'nats.conf');
  binary = await findNatsServer({ cacheDir: path.join(__dirname, '../../../.cache') });
  await fs.writeFile(config, `listen: "127.0.0.1:${port}"\nauthorization { token: $TOKEN }\n`);
});
afterEach(() => fs.rm(folder, { recursive: true }));

test('starts with the configuration and its variables, and is gone when stop settles', async () => {
  const nats = await startNats({ binary, config, port, env: { TOKEN: 'x' } });
  expect(await findRunning('nats-server', config)).toHaveLength(1);
  await nats.stop();
  expect(await findRunning('nats-server', config)).toEqual([]);
});

test('takes the place of one that an earlier start has left running', async () => {
  const first = await startNats({ binary, config, port, env: { TOKEN: 'x' } });
  const second = await startNats({ binary, config, port, env: { TOKEN: 'x' } });
  await first.exited;
  expect(await findRunning('nats-server', config)).toHaveLength(1);
  await second.stop();
});

test('says what is wrong with a configuration that it does not start with', async () => {
  await expect(startNats({ binary, config, port })).rejects.toThrow(/TOKEN/);
});

test('takes the binary that is named, or none', async () => {
  expect(await findNatsServer({ binary, cacheDir: folder })).toBe(binary);
  await expect(findNatsServer({ binary: '/bin/true', cacheDir: folder })).rejects.toThrow(
    'NATS_SERVER_BIN names /bin/true, which is no nats-server of version 2.9 or later.',
  );
});
