import { callerOf } from './callers';
import { faultyAnswer, isProcessedUnder } from './faults/apply';
import { strike, type Fault } from './faults/fault';
import type { Holds } from './faults/holds';
import { text, type Answer } from './http/answer';
import { Call, type RawRequest, type Target } from './http/call';
import { findRoute } from './http/route';
import { maskQuery } from './journal';
import type { SandboxHost, SandboxPlatform } from './platform';
import type { World } from './state/world';

/** Carries requests to the platforms, and gets the faults in their way. */
export class Dispatcher {
  constructor(
    readonly platforms: ReadonlyMap<string, SandboxPlatform>,
    private readonly world: World,
    private readonly holds: Holds,
    private readonly sleep: (ms: number) => Promise<void> = wait,
  ) {}

  /** `/<platform>/<host>/<path>`; the host by its name in the definition, or as it is called in the world. */
  async dispatch(request: RawRequest): Promise<Answer> {
    const [pathname = ''] = request.url.split('?');
    const [, platformId = '', hostName = '', ...rest] = pathname.split('/');
    const platform = this.platforms.get(platformId);
    const found = platform && findHost(platform, hostName);
    if (!platform || !found) return text(404, 'There is no such platform or host here: /<platform>/<host>/<path>\n');
    const path = `/${rest.join('/')}`;
    const target: Target = {
      platform: platformId,
      host: found.name,
      path: found.host.mergesSlashes ? path.replaceAll(/\/+/g, '/') : path,
      region: found.region,
    };
    return this.ask(new Call(request, target), platform, found.host);
  }

  /** Without faults and journal: what the control API does in a user's name. */
  async answer(call: Call, platform: SandboxPlatform): Promise<Answer> {
    const host = platform.hosts[call.target.host];
    return host ? this.process(call, host) : text(404, 'There is no such host\n');
  }

  tick(): void {
    for (const platform of this.platforms.values()) platform.tick?.(this.world);
  }

  private async ask(call: Call, platform: SandboxPlatform, host: SandboxHost): Promise<Answer> {
    this.tick();
    const caller = await callerOf(call, platform, this.world);
    const { platform: platformId, host: hostName, path } = call.target;
    const entry = this.world.journal.open({
      platform: platformId,
      host: hostName,
      method: call.method,
      path,
      query: maskQuery(call.query),
      ...caller,
      grantType: call.form().get('grant_type'),
    });
    const fault = strike(call, caller, this.world, platform.failures);
    entry.fault = fault?.failure ?? null;
    if (fault && !isProcessedUnder(fault)) await this.delay(fault);
    const isAsked = !fault || isProcessedUnder(fault) || fault.failure === 'hold';
    const honest = isAsked ? await this.process(call, host) : undefined;
    entry.isProcessed = isAsked;
    if (fault && isProcessedUnder(fault)) await this.delay(fault);
    const answer = fault ? faultyAnswer(fault, honest, call, platform, this.world) : (honest ?? nothingToSay);
    entry.status = answer.delivery?.cut === 'connection' || answer.delivery?.hangs ? null : answer.status;
    entry.outcome = answer.delivery ? 'cut' : 'answered';
    return answer;
  }

  private async process(call: Call, host: SandboxHost): Promise<Answer> {
    const match = findRoute(host.routes, call.method, call.path);
    if (!match) return host.notFound(call, this.world);
    call.params = match.params;
    return match.route.handle(call, this.world);
  }

  private async delay(fault: Fault): Promise<void> {
    if (fault.delayMs > 0) await this.sleep(fault.delayMs);
    if (fault.failure === 'hold') await this.holds.wait(fault.id);
  }
}

const nothingToSay = text(500, '');

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());

function findHost(platform: SandboxPlatform, name: string) {
  const named = Object.hasOwn(platform.hosts, name) ? platform.hosts[name] : undefined;
  if (named) return { name, host: named, region: undefined };
  for (const [key, host] of Object.entries(platform.hosts)) {
    if (Object.hasOwn(host.realNames, name)) return { name: key, host, region: host.realNames[name] };
  }
  return undefined;
}
