import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from './wait';

interface Running {
  pid: number;
  command: string;
}

async function fromProc(): Promise<Running[]> {
  const pids = (await fs.readdir('/proc')).map(Number).filter(Boolean);
  const read = async (pid: number) => {
    // A process that ends while we look has no command line: that is an answer, not a failure.
    const text = await fs.readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return { pid, command: text.replaceAll('\0', ' ') };
  };
  return Promise.all(pids.map(read));
}

async function fromPs(): Promise<Running[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,command='], { maxBuffer: 16 * 1024 * 1024 });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, command] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    return pid && command ? [{ pid: Number(pid), command }] : [];
  });
}

/** The processes of a program with the mark in their command line; those that have ended but were not yet waited for are none. */
export async function findRunning(program: string, mark: string): Promise<Running[]> {
  const all = await (process.platform === 'linux' ? fromProc() : fromPs());
  const isProgram = (command: string) => path.basename(command.split(' ')[0] ?? '').replace(/:$/, '') === program;
  return all.filter(({ command }) => isProgram(command) && command.includes(mark));
}

function send(processes: readonly Running[], signal: NodeJS.Signals): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended in the meantime, which is what we want.
    }
  }
}

/**
 * Stops what an earlier start has left running, or waits for it while it is still stopping: processes of the program
 * with the mark in their command line. The caller holds the lock on the files: nobody else's server bears its mark.
 */
export async function stopLeftovers(program: string, mark: string, signal: NodeJS.Signals): Promise<void> {
  const gone = async () => (await findRunning(program, mark)).length === 0;
  const left = await findRunning(program, mark);
  if (left.length === 0) return;
  send(left, signal);
  try {
    await waitFor(`${program} of an earlier start ends`, gone, { timeoutMs: 10_000, everyMs: 50 });
  } catch {
    send(await findRunning(program, mark), 'SIGKILL');
    await waitFor(`${program} of an earlier start is killed`, gone, { timeoutMs: 5_000, everyMs: 50 });
  }
}
