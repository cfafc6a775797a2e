import { Problem } from '@musicgen/embedded';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** Makes the folder of the installation, for nobody else's eyes, and takes it: two starters at once would ruin each other. */
export async function openDataDir(dataDir: string): Promise<void> {
  try {
    await fs.mkdir(dataDir, { recursive: true, mode: 0o700 });
    await fs.access(dataDir, fs.constants.W_OK);
    if (((await fs.stat(dataDir)).mode & 0o077) !== 0) await fs.chmod(dataDir, 0o700);
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'ENOSPC') throw err;
    const code = (err as NodeJS.ErrnoException).code;
    throw new Problem(`${dataDir} cannot be used for the data (${code}): choose another folder with DATA_DIR.`);
  }
  await lock(dataDir);
}

/** The lock is a socket: the system lets go of it when its holder ends, however that ends. */
async function lock(dataDir: string): Promise<void> {
  const name = `musicgen-${createHash('sha256')
    .update(await fs.realpath(dataDir))
    .digest('hex')
    .slice(0, 16)}`;
  const isLinux = process.platform === 'linux';
  const address = isLinux ? `\0${name}` : path.join(os.tmpdir(), `${name}.sock`);
  if (await listen(address)) return;
  const holder = await ask(address);
  if (holder === undefined && !isLinux) {
    await fs.rm(address, { force: true });
    if (await listen(address)) return;
  }
  throw new Problem(
    `The data in ${dataDir} is in use by another npm start${holder ? ` (process ${holder})` : ''}: ` +
      'stop that one, or choose another folder with DATA_DIR (and another PORT).',
  );
}

function listen(address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => socket.on('error', () => undefined).end(String(process.pid)));
    server.once('error', (err: NodeJS.ErrnoException) => (err.code === 'EADDRINUSE' ? resolve(false) : reject(err)));
    server.listen({ path: address }, () => resolve(true)).unref();
  });
}

/** The process number of the holder; undefined when nobody answers. */
function ask(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = net.connect({ path: address });
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('data', (data) => resolve(data.toString()));
    socket.once('error', () => resolve(undefined));
    socket.once('close', () => resolve(undefined));
  });
}
