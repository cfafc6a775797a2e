import type { SandboxPlatform } from '../platform';

/** A call of the control API that cannot be carried out. */
export class ControlProblem extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** What was found, or a 404. */
export function need<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new ControlProblem(404, `There is no ${what}`);
  return found;
}

/** A platform by its id, or a 400 that names those there are. */
export function needPlatform(platforms: ReadonlyMap<string, SandboxPlatform>, id: string): SandboxPlatform {
  const platform = platforms.get(id);
  if (!platform) throw new ControlProblem(400, `platform must be one of ${[...platforms.keys()].join(', ')}`);
  return platform;
}
