import fs from 'node:fs';

/** How often we look whether npm is still there: its death sends no signal. */
const parentCheckMs = 500;

function readProc(pid: number): { command: string; parent: number } | undefined {
  try {
    const [, command = '', parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(fs.readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { command, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Who started us, up to npm: it runs scripts in a shell, which may stay between. Elsewhere than on Linux, the parent only. */
function starters(): string {
  const parent = readProc(process.ppid);
  return parent?.command.endsWith('sh') ? `${process.ppid} ${parent.parent}` : String(process.ppid);
}

/**
 * Settles at the first SIGINT or SIGTERM, or when npm, which started us, is gone. Further signals are without effect:
 * a terminal sends Ctrl-C to npm and to us, and npm hands it on to us once more.
 */
export function stopRequested({ isStartedByNpm }: { isStartedByNpm: boolean }): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
    if (!isStartedByNpm) return;
    const before = starters();
    const timer = setInterval(() => {
      if (starters() === before) return;
      clearInterval(timer);
      resolve();
    }, parentCheckMs);
    timer.unref();
  });
}
