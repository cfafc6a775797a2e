import { z } from 'zod';
import { ControlProblem, need } from '../../control/problem';
import { answer, bodyOf } from '../../control/wire';
import { get, post, type Route } from '../../http/route';
import { send } from './callbacks';
import { allScopes, mintConsoleToken } from './console-token';
import { tables } from './rows';
import { platform } from './settings';

const tokenFor = z.strictObject({
  account: z.string(),
  scopes: z.array(z.string()).default(allScopes),
  /** Ten years if left out. */
  seconds: z.number().optional(),
});
const tokenOf = z.strictObject({ account: z.string() });
const sample = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** A number in the catalogue. */
  track: z.int().min(0).optional(),
  /** A code of the project API instead. */
  code: z.int().optional(),
});
const forged = z.strictObject({ url: z.url(), result: z.unknown(), count: z.int().min(1).max(100).default(1) });

/** What happens at ACRCloud's console, and what only happens in tests. */
export const acrcloudControl: Route[] = [
  post('/tokens', (call, world) => {
    const { account, scopes, seconds } = bodyOf(call, tokenFor);
    const client = need(world.client(platform, account), `account ${account}`);
    const token = mintConsoleToken(client, scopes, seconds === undefined ? undefined : seconds * 1000, world);
    return answer(201, { bearerToken: token.id });
  }),
  post('/tokens/revoke', (call, world) => {
    const { account } = bodyOf(call, tokenOf);
    const own = world.tokens.list((token) => token.platform === platform && token.clientId === account);
    for (const { id } of own) world.tokens.update(id, { revokedAt: world.clock.now() });
    return answer(200, { revoked: own.length });
  }),
  post('/samples', (call, world) => {
    const { sha256, track = null, code = null } = bodyOf(call, sample);
    return answer(201, tables.samples(world).put({ id: sha256, track, code }));
  }),
  get('/callbacks', (_, world) =>
    answer(200, { due: tables.callbacks(world).list(), sent: tables.deliveries(world).list() }),
  ),
  // Anybody can send such a thing: forged, of an unknown file, as large as one likes.
  post('/callbacks', async (call, world) => {
    const { url, result, count } = bodyOf(call, forged);
    if (result === undefined) throw new ControlProblem(400, 'result must be the body to send');
    for (let sent = 0; sent < count; sent += 1) await send(url, result, world);
    return answer(200, { sent: count });
  }),
];
