import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Artefact, RenderProgress } from './engine';

/** Runs what writes into a folder; when it fails, what it has written is gone. */
export async function allOrNothing<T>(folder: string, write: () => Promise<T>): Promise<T> {
  const before = new Set(await readdir(folder));
  try {
    return await write();
  } catch (error) {
    const left = (await readdir(folder)).filter((file) => !before.has(file));
    await Promise.all(left.map((file) => rm(join(folder, file), { force: true })));
    throw error;
  }
}

/** Measures a finished file. */
export async function artefactOf(
  what: Pick<Artefact, 'name' | 'kind' | 'format'>,
  path: string,
  signal?: AbortSignal,
): Promise<Artefact> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20, signal })) hash.update(piece as Buffer);
  return { ...what, file: basename(path), bytes: (await stat(path)).size, sha256: hash.digest('hex') };
}

/** A repeated pass must not show as going back. */
export function forwardOnly(onProgress: (progress: RenderProgress) => void): (progress: RenderProgress) => void {
  let fraction = 0;
  return (progress) => {
    fraction = Math.max(fraction, progress.fraction);
    onProgress({ ...progress, fraction });
  };
}
