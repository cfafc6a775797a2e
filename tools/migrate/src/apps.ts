import { serviceApps, type ServiceName } from '@musicgen/platform-contracts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';

const dist = path.join(__dirname, '../../../../..');

/** Runs `main.js <args>` of a built service to its end and gives its output; throws with what it printed if it fails. */
export async function runApp(
  service: ServiceName,
  args: readonly string[],
  { env, input = '' }: { env: NodeJS.ProcessEnv; input?: string },
): Promise<string> {
  const main = path.join(dist, 'apps', serviceApps[service], 'apps', serviceApps[service], 'src/main.js');
  const child = spawn(process.execPath, ['--enable-source-maps', main, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined).end(input);
  const [output, problems, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  if (status !== 0)
    throw new Error(`${serviceApps[service]} ${args[0]} ended with status ${status}:\n${problems.trim()}`);
  return output;
}
