import { spawnSync } from 'node:child_process';

let supported: boolean | undefined;

function hasParentDeathSignal(): boolean {
  supported ??= spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true'], { stdio: 'ignore' }).status === 0;
  return supported;
}

/**
 * The command that ends with the process that spawns it, even when that one is killed with SIGKILL and the command is too
 * busy to notice: the kernel sees to it where util-linux is there. Elsewhere the command comes back as it was.
 */
export function boundToParent(command: string, args: readonly string[]): [command: string, args: string[]] {
  return hasParentDeathSignal() ? ['setpriv', ['--pdeathsig', 'KILL', command, ...args]] : [command, [...args]];
}
