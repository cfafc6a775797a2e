import type { Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import type { Handler } from '../../http/route';
import type { Client, Token, User } from '../../state/rows';
import type { World } from '../../state/world';
import { apiError, tooMany, unauthorized } from './problems';
import { settingsOf } from './settings';

/** Who asks. */
export interface Visitor {
  readonly client: Client;
  readonly token: Token;
  readonly user: User | undefined;
}

type Endpoint = (call: Call, visitor: Visitor, world: World) => Answer;

interface Bucket {
  readonly id: string;
  readonly tokens: number;
  readonly at: number;
}

const cost = 5;

/** Checks the token and what is accepted, takes from the bucket, and tells how full it is. */
export function admitted(endpoint: Endpoint): Handler {
  return (call: Call, world: World) => {
    if (call.header('authorization') === undefined) return unauthorized.missing;
    const token = world.liveToken('tidal', call.bearer());
    const client = world.client('tidal', token?.clientId);
    if (!token || !client || client.isDisabled || token.kind === 'refresh') return rejected(call, world);
    const accept = call.header('accept') ?? '*/*';
    if (!/application\/vnd\.api\+json|\*\/\*/.test(accept)) {
      return apiError(406, 'NOT_ACCEPTABLE', 'Accept must be application/vnd.api+json');
    }
    const { burstCapacity, replenishPerSecond } = settingsOf(client);
    const left = take(client, burstCapacity, replenishPerSecond, world);
    const answer =
      left < 0
        ? tooMany(Math.ceil(-left / replenishPerSecond))
        : endpoint(call, { client, token, user: world.users.find(token.userId ?? '') }, world);
    const headers = {
      'x-ratelimit-remaining': String(Math.max(0, Math.floor(left))),
      'x-ratelimit-requested-tokens': String(cost),
      'x-ratelimit-burst-capacity': String(burstCapacity),
      'x-ratelimit-replenish-rate': String(replenishPerSecond),
    };
    return { ...answer, headers: { ...answer.headers, ...headers } };
  };
}

/** What is left in the bucket; below zero: so much is missing, and nothing was taken. */
function take(client: Client, capacity: number, perSecond: number, world: World): number {
  const buckets = world.table<Bucket>('tidal.buckets');
  const now = world.clock.now();
  const { tokens, at } = buckets.find(client.id) ?? { tokens: capacity, at: now };
  const filled = Math.min(capacity, tokens + (Math.max(0, now - at) / 1000) * perSecond);
  const left = filled - cost;
  buckets.put({ id: client.id, tokens: Math.max(left, left < 0 ? filled : 0), at: now });
  return left;
}

function rejected(call: Call, world: World): Answer {
  const row = world.tokens.find(call.bearer() ?? '');
  const client = world.client('tidal', row?.clientId);
  if (client && settingsOf(client).unauthorized === 'json_api') return unauthorized.expiredJsonApi;
  return row?.platform === 'tidal' ? unauthorized.expired : unauthorized.invalid;
}
