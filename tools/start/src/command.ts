import { boundToParent } from '@musicgen/embedded';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface CommandOptions {
  /** For the message when it fails. */
  name: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  input?: string;
  signal?: AbortSignal;
}

/** Runs a compiled program of ours to its end and returns what it printed; throws with what it printed on standard error. */
export async function runNode({ name, args, env, input = '', signal }: CommandOptions): Promise<string> {
  const [command, argv] = boundToParent(process.execPath, ['--enable-source-maps', ...args]);
  const child = spawn(command, argv, { env, signal, killSignal: 'SIGKILL', stdio: 'pipe' });
  child.stdin.on('error', () => undefined).end(input);
  const code = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), code]);
  if (status === 0) return stdout;
  throw new Error(
    `${name} failed (exit status ${status}):\n${(stderr || stdout).trim().split('\n').slice(-12).join('\n')}`,
  );
}
