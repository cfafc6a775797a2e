import { boundToParent, Problem, waitFor, type Exit } from '@musicgen/embedded';
import { badConfigStatus } from '@musicgen/service-kit';
import { spawn, type ChildProcess } from 'node:child_process';
import http from 'node:http';
import readline from 'node:readline';
import type { Logs } from './logs';
import type { Running, Unit } from './supervisor';

/** A service as it is started. */
export interface ServiceProcess {
  name: string;
  /** Arguments of node. */
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Where it serves `/health/ready`. */
  healthPort: number;
}

/** A second more than the services give themselves. */
const graceMs = 21_000;
const readyWithinMs = 60_000;

/** Whether the service says of itself that it is ready. */
function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const req = http.get({ host: '127.0.0.1', port, path: '/health/ready', agent: false, timeout: 2_000 }, (res) => {
      res.resume();
      resolve(res.statusCode === 200);
    });
    req.once('error', () => resolve(false)).once('timeout', () => req.destroy());
  });
}

function watch(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    let failure: Exit = { code: 127, signal: null };
    child.once('exit', (code, signal) => (failure = { code, signal }));
    // Not at 'exit': what it printed last is still on its way then.
    child.once('close', () => resolve(failure)).once('error', () => resolve(failure));
  });
}

async function end(child: ChildProcess, exited: Promise<Exit>): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await exited;
  clearTimeout(timer);
}

async function start(
  { name, args, env, healthPort }: ServiceProcess,
  logs: Logs,
  signal: AbortSignal,
): Promise<Running> {
  const [command, argv] = boundToParent(process.execPath, args);
  // Its own session, so that Ctrl-C in a terminal reaches the starter only, which then stops everything in order.
  // Its standard input is never written to: it closes when we end.
  const child = spawn(command, argv, { env, detached: true, stdio: 'pipe' });
  child.stdin.on('error', () => undefined);
  for (const stream of [child.stdout, child.stderr]) {
    readline.createInterface({ input: stream }).on('line', (line) => logs.line(name, line));
  }
  const exited = watch(child);
  let exit: Exit | undefined;
  void exited.then((how) => (exit = how));
  const ready = async () => {
    if (signal.aborted) throw new Error('stopped');
    if (exit?.code === badConfigStatus) throw new Problem(`${name} cannot be started:\n${await logs.tail(name)}`);
    if (exit) throw new Error(exit.signal ? `killed by ${exit.signal}` : `exit status ${exit.code}`);
    return isReady(healthPort);
  };
  try {
    await waitFor(`${name} is ready`, ready, { timeoutMs: readyWithinMs, everyMs: 50 });
  } catch (err) {
    await end(child, exited);
    throw err;
  }
  return { exited, stop: () => end(child, exited) };
}

/** The service as something that is kept up, its lines in the logs. */
export const serviceUnit = (service: ServiceProcess, logs: Logs): Unit => ({
  name: service.name,
  start: (signal) => start(service, logs, signal),
  lastWords: () => logs.tail(service.name),
});
