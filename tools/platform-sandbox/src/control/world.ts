import { z } from 'zod';
import { get, post, remove, type Route } from '../http/route';
import { seedWorld } from '../seed';
import type { ControlRoom } from './control';
import { answer, bodyOf, queryOf } from './wire';

const filter = z.strictObject({
  platform: z.string().optional(),
  host: z.string().optional(),
  method: z.string().optional(),
  path: z.string().optional(),
  client: z.string().optional(),
  user: z.string().optional(),
  grantType: z.string().optional(),
  /** Only requests after the one with this id. */
  after: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().min(0).max(10_000).default(1000),
});
const reset = z.strictObject({
  /** false: an empty world, without people and apps. */
  seed: z.boolean().default(true),
});
const seeding = z.strictObject({
  /** Registered with every app that is there; `{platform}` stands for the platform's id. */
  redirectUris: z.array(z.string()),
});

/** The journal, and the world as a whole. */
export function worldRoutes({ world, platforms, holds }: ControlRoom): Route[] {
  return [
    get('/platforms', () => answer(200, { platforms: [...platforms.values()].map(describe) })),
    get('/requests', (call) => {
      const { limit, ...wanted } = queryOf(call, filter);
      const found = world.journal.list(wanted);
      return answer(200, { count: found.length, requests: found.slice(-limit || found.length) });
    }),
    remove('/requests', () => {
      world.journal.clear();
      return answer(200, {});
    }),
    post('/reset', (call) => {
      const { seed } = bodyOf(call, reset);
      holds.releaseAll();
      world.clear();
      if (seed) seedWorld(world, platforms.values());
      return answer(200, {});
    }),
    post('/seed', (call) => {
      const { redirectUris } = bodyOf(call, seeding);
      for (const client of world.clients.list()) {
        const own = redirectUris.map((uri) => uri.replaceAll('{platform}', client.platform));
        world.clients.update(client.id, { redirectUris: [...new Set([...client.redirectUris, ...own])] });
      }
      return answer(200, { clients: world.clients.list() });
    }),
  ];
}

const describe = ({ id, displayName, hosts, modes }: ReturnType<ControlRoom['platforms']['get']> & object) => ({
  id,
  displayName,
  modes,
  hosts: Object.entries(hosts).map(([name, { realNames }]) => ({ name, realNames: Object.keys(realNames) })),
});
