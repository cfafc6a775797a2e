import { z } from 'zod';
import { Call } from '../http/call';
import { get, post, type Route } from '../http/route';
import { issueAccess, issueRefresh } from '../oauth/issue';
import type { Grant, Token } from '../state/rows';
import type { World } from '../state/world';
import type { ControlRoom } from './control';
import { ControlProblem, need, needPlatform } from './problem';
import { answer, bodyOf } from './wire';

const whose = z.strictObject({ platform: z.string(), client: z.string().optional(), user: z.string().optional() });
const mint = z.strictObject({
  platform: z.string(),
  client: z.string(),
  user: z.string(),
  scopes: z.array(z.string()).default([]),
  /** Given to a client that showed no secret. */
  isPublic: z.boolean().default(false),
});
const consent = z.strictObject({
  authorizeUrl: z.string(),
  user: z.string().default('ada'),
  decision: z.enum(['approve', 'deny']).default('approve'),
  /** What the user leaves ticked; everything if left out. */
  scopes: z.array(z.string()).optional(),
});

/** What users have agreed to, without a browser. */
export function grantRoutes(room: ControlRoom): Route[] {
  const { world } = room;
  return [
    get('/grants', () => answer(200, { grants: world.grants.list() })),
    get('/tokens', (call) => {
      const platform = call.query.get('platform');
      return answer(200, { tokens: world.tokens.list((token) => platform === null || token.platform === platform) });
    }),
    post('/grants/revoke', (call) => {
      const { platform, client, user } = bodyOf(call, whose);
      const isMeant = (grant: Grant) =>
        grant.platform === platform &&
        (client === undefined || grant.clientId === client) &&
        (user === undefined || grant.userId === user);
      const grants = world.grants.list(isMeant);
      for (const grant of grants) world.revokeGrant(grant);
      return answer(200, { revoked: grants.length });
    }),
    post('/tokens', (call) => answer(201, mintTokens(bodyOf(call, mint), room))),
    post('/tokens/expire', (call) => answer(200, { expired: expireAccess(bodyOf(call, whose), world) })),
    post('/consents', async (call) => consentTo(bodyOf(call, consent), room)),
  ];
}

/** As if the user had gone through the consent page just now: tokens to import, to expire, to revoke. */
function mintTokens({ platform: id, client, user, scopes, isPublic }: z.output<typeof mint>, room: ControlRoom) {
  const { world, platforms } = room;
  const platform = needPlatform(platforms, id);
  if (!platform.oauth) throw new ControlProblem(400, `${id} has no OAuth`);
  const row = need(world.client(id, client), `client ${client}`);
  need(world.users.find(user), `user ${user}`);
  const facts = { client: row, userId: user, scopes, isPublic };
  const grant = world.grants.put({
    id: `${row.id}/${user}`,
    platform: id,
    clientId: client,
    userId: user,
    scopes,
    consentedAt: world.clock.now(),
    revokedAt: null,
    refreshes: 0,
  });
  const access = issueAccess('access', facts, world, platform.oauth);
  const canRefresh = platform.oauth.grantTypes.includes('refresh_token');
  const refresh = canRefresh ? issueRefresh(facts, grant, world, platform.oauth) : undefined;
  const expiresAt = access.expiresAt === null ? null : new Date(access.expiresAt).toISOString();
  return { accessToken: access.id, refreshToken: refresh?.id ?? null, expiresAt };
}

function expireAccess({ platform, client, user }: z.output<typeof whose>, world: World): number {
  const isMeant = (token: Token) =>
    token.platform === platform &&
    (token.kind === 'access' || token.kind === 'app') &&
    (client === undefined || token.clientId === client) &&
    (user === undefined || token.userId === user);
  const tokens = world.tokens.list(isMeant);
  for (const token of tokens) world.tokens.update(token.id, { expiresAt: world.clock.now() });
  return tokens.length;
}

/** What the browser would be sent to after the page was filled in; or the page that stands in the way. */
async function consentTo({ authorizeUrl, user, decision, scopes }: z.output<typeof consent>, room: ControlRoom) {
  const url = new URL(authorizeUrl, 'http://127.0.0.1');
  const [, platformId = '', host = '', ...rest] = url.pathname.split('/');
  const platform = needPlatform(room.platforms, platformId);
  const asked = (url.searchParams.get('scope') ?? url.searchParams.get('perms') ?? '').split(/[\s,]+/);
  const form = new URLSearchParams({ user, decision });
  for (const scope of scopes ?? asked) form.append('scope', scope);
  const request = {
    method: 'POST',
    url: url.pathname + url.search,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(form.toString()),
  };
  const target = { platform: platformId, host, path: `/${rest.join('/')}` };
  const result = await room.dispatcher.answer(new Call(request, target), platform);
  return answer(200, {
    redirect: result.headers.location ?? null,
    status: result.status,
    page: result.headers.location === undefined ? result.body : null,
  });
}
