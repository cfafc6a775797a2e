import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { unpackDebianPackage } from './debian-package';
import { Problem } from './problem';

const run = promisify(execFile);

/** 2.9 is what Debian 12 has and what the platform is tested with. */
async function isUsable(binary: string): Promise<boolean> {
  const { stdout } = await run(binary, ['--version']).catch(() => ({ stdout: '' }));
  const [, major, minor] = /v(\d+)\.(\d+)/.exec(stdout) ?? [];
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 9);
}

async function fetchBinary(cacheDir: string): Promise<string> {
  if (process.platform === 'darwin') {
    await run('brew', ['install', '--quiet', 'nats-server']);
    return path.join((await run('brew', ['--prefix'])).stdout.trim(), 'bin/nats-server');
  }
  return path.join(await unpackDebianPackage('nats-server', cacheDir), 'usr/sbin/nats-server');
}

export interface FindNatsServerOptions {
  /** What the user names (NATS_SERVER_BIN): this one or none. */
  binary?: string;
  /** Where a downloaded one is kept. */
  cacheDir: string;
}

/** The path of a nats-server: the named one, one of this machine, or Debian's or Homebrew's, fetched the first time. */
export async function findNatsServer({ binary, cacheDir }: FindNatsServerOptions): Promise<string> {
  if (binary) {
    if (await isUsable(binary)) return binary;
    throw new Problem(`NATS_SERVER_BIN names ${binary}, which is no nats-server of version 2.9 or later.`);
  }
  const cached = path.join(path.resolve(cacheDir), 'nats-server/usr/sbin/nats-server');
  const installed = ['/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'].map(
    (dir) => `${dir}/nats-server`,
  );
  for (const candidate of ['nats-server', ...installed, cached]) if (await isUsable(candidate)) return candidate;
  let reason = 'the one that was fetched does not run here';
  try {
    const fetched = await fetchBinary(cacheDir);
    if (await isUsable(fetched)) return fetched;
  } catch (err) {
    reason = (err as { stderr?: string }).stderr?.trim().split('\n').at(-1) || (err as Error).message;
  }
  throw new Problem(
    `nats-server 2.9 or later is needed and could not be fetched (${reason}): install it (Debian: apt-get install nats-server, ` +
      'macOS: brew install nats-server) or name one with NATS_SERVER_BIN.',
  );
}
