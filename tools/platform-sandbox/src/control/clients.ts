import { z } from 'zod';
import { makeClient } from '../clients';
import { get, patch, post, remove, type Route } from '../http/route';
import { randomText } from '../state/random';
import type { Client } from '../state/rows';
import type { ControlRoom } from './control';
import { need, needPlatform } from './problem';
import { answer, bodyOf } from './wire';

const changes = z.strictObject({
  clientSecret: z.string().nullable().optional(),
  name: z.string().optional(),
  redirectUris: z.array(z.string()).optional(),
  scopes: z.array(z.string()).nullable().optional(),
  mode: z.string().optional(),
  users: z.array(z.string()).nullable().optional(),
  isDisabled: z.boolean().optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
});
const registration = changes.extend({ platform: z.string(), clientId: z.string().min(1).optional() });

/** Apps at the platforms. A change of `settings` leaves those it does not name as they are. */
export function clientRoutes({ world, platforms }: ControlRoom): Route[] {
  const find = (platform: string, client: string) => need(world.client(platform, client), `client ${client}`);
  return [
    get('/clients', (call) => {
      const platform = call.query.get('platform');
      return answer(200, { clients: world.clients.list((row) => platform === null || row.platform === platform) });
    }),
    get('/clients/:platform/:client', (call) => answer(200, find(call.param('platform'), call.param('client')))),
    post('/clients', (call) => {
      const { platform: id, clientId = randomText(32), ...given } = bodyOf(call, registration);
      const platform = needPlatform(platforms, id);
      const client = makeClient(platform, { ...given, clientId });
      return answer(201, world.clients.put(client));
    }),
    patch('/clients/:platform/:client', (call) => {
      const platform = needPlatform(platforms, call.param('platform'));
      const client = find(platform.id, call.param('client'));
      return answer(
        200,
        world.clients.put(makeClient(platform, { ...client, ...merged(client, bodyOf(call, changes)) })),
      );
    }),
    remove('/clients/:platform/:client', (call) => {
      world.clients.delete(find(call.param('platform'), call.param('client')).id);
      return answer(200, {});
    }),
  ];
}

const merged = (client: Client, change: z.output<typeof changes>) => ({
  ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
  settings: { ...client.settings, ...change.settings },
});
