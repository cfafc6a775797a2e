import { Problem } from '@musicgen/embedded';
import fs from 'node:fs/promises';

const mebibyte = 1024 * 1024;
/** A new installation takes some 100 MiB before the first note. */
const neededBytes = 200 * mebibyte;
/** Below this, Postgres is about to lose its log; with it, everything can still be stopped in good order. */
const reserveBytes = 32 * mebibyte;

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await fs.statfs(folder);
  return bavail * bsize;
}

const megabytes = (bytes: number) => `${Math.floor(bytes / mebibyte)} MB`;
const remedy = 'free some space, or choose a folder on another disk with DATA_DIR.';
const full = (folder: string, free: number) =>
  new Problem(`The disk with ${folder} is full (${megabytes(free)} left): ${remedy}`);

/** True for what programs and libraries say when a disk is full, in an error or in a log. */
export const saysDiskFull = (text: string): boolean =>
  /ENOSPC|EDQUOT|no space left on device|disk quota exceeded|insufficient storage/i.test(text);

/** Throws when there is no room to start; an installation that has its files already needs less than a new one. */
export async function requireSpace(folder: string, isNew: boolean): Promise<void> {
  const [free, needed] = [await freeBytes(folder), isNew ? neededBytes : 2 * reserveBytes];
  if (free >= needed) return;
  throw new Problem(
    `The disk with ${folder} has ${megabytes(free)} left, and ${megabytes(needed)} are needed: ${remedy}`,
  );
}

/** Turns a failure that a full disk explains into the sentence that says so, naming the fullest of the folders. */
export async function explainedByDisk(err: unknown, folders: readonly string[]): Promise<unknown> {
  const spaces = await Promise.all(
    folders.map(async (folder) => ({ folder, free: await freeBytes(folder).catch(() => Number.POSITIVE_INFINITY) })),
  );
  const fullest = spaces.reduce((one, other) => (other.free < one.free ? other : one));
  const text = err instanceof Error ? `${(err as NodeJS.ErrnoException).code} ${err.message}` : String(err);
  return saysDiskFull(text) || fullest.free < reserveBytes / 4 ? full(fullest.folder, fullest.free) : err;
}

/** Calls back once when a disk has become so full that going on would damage data. Returns what ends the watch. */
export function watchSpace(folders: readonly string[], onFull: (problem: Problem) => void): () => void {
  const timer = setInterval(async () => {
    for (const folder of folders) {
      const free = await freeBytes(folder).catch(() => Number.POSITIVE_INFINITY);
      if (free >= reserveBytes) continue;
      clearInterval(timer);
      return onFull(full(folder, free));
    }
  }, 3_000);
  return () => clearInterval(timer);
}
