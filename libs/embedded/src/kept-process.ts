import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import { boundToParent } from './bound-life';
import { logTail } from './log-tail';
import { waitFor } from './wait';

/** How a process ended: one of the two is set. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A server that this process started and that cannot outlive it. */
export interface KeptProcess {
  /** Settles when the server has ended, whoever ended it. */
  exited: Promise<Exit>;
  /** Asks the server to shut down, insists after a while, and settles when it is gone. */
  stop(): Promise<void>;
}

export interface KeptProcessOptions {
  name: string;
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
  user?: { uid: number; gid: number };
  stopSignal: 'SIGINT' | 'SIGTERM';
  /** Everything that the server prints is appended here: by file descriptor, so that it may print on when we are gone. */
  logFile: string;
}

const graceMs = 10_000;

/**
 * The small parent of a server. When the pipe to the starter closes, for whatever reason, it stops the server.
 * Its text is handed to `node -e`: it may use nothing from outside itself.
 */
function keep(): void {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const { constants } = process.getBuiltinModule('node:os');
  const { name, command, args, user, stopSignal, graceMs } = JSON.parse(process.argv[1] ?? '');
  process.title = `keeper of ${name}`;
  const child = spawn(command, args, { ...user, cwd: '/', stdio: ['ignore', 'inherit', 'inherit'] });
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    child.kill(stopSignal);
    setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  process.stdin.on('end', stop).on('error', stop).resume();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);
  child.on('error', (err) => {
    console.error(err.message);
    process.exit(127);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
}

/** Starts a server under a keeper: it ends with us, also when we are killed with SIGKILL, and when the keeper is. */
export async function startKept(options: KeptProcessOptions): Promise<KeptProcess> {
  const [command, args] = boundToParent(options.command, options.args);
  const { name, user, stopSignal } = options;
  const log = await fs.open(options.logFile, 'a', 0o600);
  // Its own session, so that Ctrl-C in a terminal reaches the starter only: the order of stopping is the starter's.
  const keeper = spawn(
    process.execPath,
    ['-e', `(${keep.toString()})()`, JSON.stringify({ name, command, args, user, stopSignal, graceMs })],
    {
      cwd: '/',
      detached: true,
      env: { PATH: process.env.PATH, ...options.env },
      stdio: ['pipe', log.fd, log.fd],
    },
  );
  keeper.stdin?.on('error', () => undefined);
  const exited = new Promise<Exit>((resolve) => {
    keeper.once('exit', (code, signal) => resolve({ code, signal }));
    keeper.once('error', () => resolve({ code: 127, signal: null }));
  });
  await log.close();
  return {
    exited,
    async stop() {
      keeper.stdin?.end();
      await exited;
    },
  };
}

/** Settles when the probe says yes; throws with the log's last lines when the server ends before, and leaves nothing running. */
export async function readyWhen(
  { name, kept, logFile }: { name: string; kept: KeptProcess; logFile: string },
  probe: () => Promise<boolean>,
): Promise<void> {
  let ended = false;
  void kept.exited.then(() => (ended = true));
  const ready = async () => {
    if (ended) throw new Error(`${name} did not start:\n${await logTail(logFile)}`);
    return probe();
  };
  try {
    await waitFor(`${name} is ready`, ready, { timeoutMs: 60_000 });
  } catch (err) {
    await kept.stop();
    throw err;
  }
}
