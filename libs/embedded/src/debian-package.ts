import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const exists = (file: string) =>
  fs.stat(file).then(
    () => true,
    () => false,
  );

const quick = ['-qq', '-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20', '-o', 'APT::Sandbox::User='];

/** The machine's own package lists if they know it; else fresh ones in a folder of ours. apt checks the signatures either way. */
async function download(name: string, dir: string): Promise<void> {
  try {
    await run('apt-get', [...quick, 'download', name], { cwd: dir });
    return;
  } catch {
    // No lists on this machine, or too old ones.
  }
  for (const sub of ['lists/partial', 'cache/archives/partial'])
    await fs.mkdir(path.join(dir, sub), { recursive: true });
  const own = [...quick, '-o', `Dir::State::lists=${dir}/lists`, '-o', `Dir::Cache=${dir}/cache`];
  await run('apt-get', [...own, 'update'], { cwd: dir });
  await run('apt-get', [...own, 'download', name], { cwd: dir });
}

/**
 * Unpacks a Debian package into `<cacheDir>/<name>` and returns that folder. It is not installed, also not by root:
 * nothing of the system changes (Debian's nats-server would start a server of its own on the usual port), and no rights are needed.
 */
export async function unpackDebianPackage(name: string, cacheDir: string): Promise<string> {
  const target = path.join(path.resolve(cacheDir), name);
  if (await exists(target)) return target;
  await fs.mkdir(path.dirname(target), { recursive: true });
  const dir = await fs.mkdtemp(`${target}-`);
  try {
    await download(name, dir);
    const deb = (await fs.readdir(dir)).find((file) => file.endsWith('.deb'));
    if (!deb) throw new Error(`apt-get download ${name} brought no package`);
    await run('dpkg-deb', ['-x', path.join(dir, deb), path.join(dir, 'unpacked')]);
    await fs.rename(path.join(dir, 'unpacked'), target).catch(async (err) => {
      if (!(await exists(target))) throw err;
    });
    return target;
  } finally {
    await fs.rm(dir, { recursive: true, force: true });
  }
}
