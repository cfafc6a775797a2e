import { controlAnswer, type ControlRoom } from './control/control';
import { Dispatcher } from './dispatch';
import { Holds } from './faults/holds';
import { text, type Answer } from './http/answer';
import type { RawRequest } from './http/call';
import type { SandboxPlatform } from './platform';
import { registeredPlatforms } from './platforms/registry';
import { seedWorld } from './seed';
import { StateFile } from './state/state-file';
import { World } from './state/world';

/** How the sandbox is set up. */
export interface SandboxOptions {
  readonly platforms?: readonly SandboxPlatform[];
  /** Where the state is kept; without one it ends with the process. */
  readonly stateFile?: string;
  readonly realNow?: () => number;
}

/** All platforms, their control API, and what they remember. */
export class Sandbox {
  private constructor(
    readonly world: World,
    private readonly room: ControlRoom,
    private readonly stateFile: StateFile | undefined,
  ) {}

  static async create({ platforms = registeredPlatforms, stateFile, realNow }: SandboxOptions = {}): Promise<Sandbox> {
    const world = new World(realNow);
    const byId = new Map(platforms.map((platform) => [platform.id, platform]));
    const opened = stateFile === undefined ? undefined : await StateFile.open(stateFile, world);
    const holds = new Holds();
    const dispatcher = new Dispatcher(byId, world, holds);
    const sandbox = new Sandbox(world, { world, platforms: byId, dispatcher, holds }, opened?.file);
    if (opened?.isNew !== false) seedWorld(world, platforms);
    await opened?.file.save();
    return sandbox;
  }

  async handle(request: RawRequest): Promise<Answer> {
    const answer = await this.route(request);
    await this.stateFile?.save();
    return answer;
  }

  /** Does what has become due. */
  tick(): void {
    this.room.dispatcher.tick();
  }

  /** Lets go of all requests that are held, and saves. */
  async close(): Promise<void> {
    this.room.holds.releaseAll();
    await this.stateFile?.save();
  }

  private async route(request: RawRequest): Promise<Answer> {
    if (request.url === '/health/ready' || request.url === '/health/live') return text(200, 'ok\n');
    if (request.url.startsWith('/_sandbox')) return controlAnswer(request, this.room);
    return this.room.dispatcher.dispatch(request);
  }
}
