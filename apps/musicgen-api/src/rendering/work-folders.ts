import fs from 'node:fs/promises';
import path from 'node:path';

const prefix = 'musicgen-render-';
/** No render takes as long. */
const abandonedAfterMs = 2 * 3_600_000;

/** A folder of its own for one render; gone when the work ends, whichever way. */
export async function inWorkFolder<T>(workDir: string, work: (folder: string) => Promise<T>): Promise<T> {
  await fs.mkdir(workDir, { recursive: true });
  const folder = await fs.mkdtemp(path.join(workDir, prefix));
  try {
    return await work(folder);
  } finally {
    // A process that was told to stop may still make a file in it.
    await fs.rm(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Makes the folder of these folders, and removes those that killed workers have left. */
export async function prepareWorkDir(workDir: string, now = Date.now()): Promise<void> {
  await fs.mkdir(workDir, { recursive: true });
  for (const name of await fs.readdir(workDir)) {
    if (!name.startsWith(prefix)) continue;
    const folder = path.join(workDir, name);
    const isAbandoned = await fs.stat(folder).then(
      (stat) => now - stat.mtimeMs > abandonedAfterMs,
      () => false,
    );
    if (isAbandoned) await fs.rm(folder, { recursive: true, force: true });
  }
}
