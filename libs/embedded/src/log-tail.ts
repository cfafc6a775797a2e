import fs from 'node:fs/promises';

const tailBytes = 16 * 1024;

/** The last lines of a log file; an empty text when there is none. */
export async function logTail(file: string, lines = 12): Promise<string> {
  const handle = await fs.open(file).catch(() => undefined);
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, tailBytes);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } finally {
    await handle.close();
  }
}
