import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';

const root = path.join(__dirname, '../../..');

/** Compiles an app (the name of its folder in `apps/`) as the image does. */
export function buildApp(app: string): void {
  execFileSync(process.execPath, ['tools/build/build.mjs', `apps/${app}`], { cwd: root, stdio: 'ignore' });
}

/** A built service that runs as a process of its own. */
export interface ServiceProcess {
  /** Settles when it has ended: with its exit status, or null if a signal ended it. */
  exited: Promise<number | null>;
  /** All it has written so far: the log and what went to standard error. */
  output(): string;
  signal(name: NodeJS.Signals): void;
  /** What the process sees when whoever started it is gone. */
  closeStdin(): void;
}

/** Starts a built app with just this environment. End it: `signal('SIGKILL')` at the latest. */
export function startApp(app: string, env: Record<string, string>, args: readonly string[] = []): ServiceProcess {
  const main = path.join(root, 'dist/apps', app, 'apps', app, 'src/main.js');
  const child = spawn(process.execPath, ['--enable-source-maps', main, ...args], { cwd: root, env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data));
  return {
    exited: new Promise((resolve) => child.once('close', resolve)),
    output: () => output,
    signal: (name) => void child.kill(name),
    closeStdin: () => void child.stdin.end(),
  };
}
