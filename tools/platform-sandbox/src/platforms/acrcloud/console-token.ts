import type { Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import type { Handler } from '../../http/route';
import { randomId, randomText } from '../../state/random';
import type { Client, Token } from '../../state/rows';
import type { World } from '../../state/world';
import { consoleProblems, laravelRefusal } from './problems';
import { platform, settingsOf } from './settings';

const tenYearsMs = 3652.5 * 86_400_000;
const things = 'buckets audios channels bm-projects fs-containers base-projects metadata'.split(' ');

/** All that a token can be made for; names of file scanning's are our guess. */
export const allScopes = [
  '*',
  'read-all',
  'write-all',
  ...things.flatMap((name) => [name, `read-${name}`, `write-${name}`]),
];

/** A long JWT without issuer, with fractions in its times; whose signature it has nobody can check. */
export function mintConsoleToken(
  client: Client,
  scopes: readonly string[],
  lifeMs: number | undefined,
  world: World,
): Token {
  const now = world.clock.now();
  const expiresAt = now + (lifeMs ?? tenYearsMs);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    aud: '7',
    jti: `${randomId()}${randomId()}`.replaceAll('-', ''),
    iat: now / 1000 + 0.000_123,
    nbf: now / 1000 + 0.000_123,
    exp: expiresAt / 1000 + 0.000_123,
    sub: client.clientId,
    scopes,
  };
  return world.tokens.put({
    id: `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}.${randomText(683)}`,
    platform,
    kind: 'access',
    clientId: client.clientId,
    userId: null,
    scopes,
    issuedAt: now,
    lastUsedAt: now,
    expiresAt,
    revokedAt: null,
    replacedAt: null,
    isPublic: false,
  });
}

type Endpoint = (call: Call, client: Client, world: World) => Answer | Promise<Answer>;

/** Whatever is wrong with a token, the answer says no more than that: a project's key gets the same one. */
export function authenticated(endpoint: Endpoint): Handler {
  return (call: Call, world: World) => {
    const token = world.liveToken(platform, call.bearer());
    const client = world.client(platform, token?.clientId);
    if (token && client && !client.isDisabled) return endpoint(call, client, world);
    const ended = world.client(platform, world.tokens.find(call.bearer() ?? '')?.clientId);
    return ended && settingsOf(ended).refusal === 'laravel_401' ? laravelRefusal(call) : consoleProblems.acr403;
  };
}
