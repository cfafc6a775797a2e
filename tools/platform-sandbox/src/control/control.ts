import { z } from 'zod';
import type { Dispatcher } from '../dispatch';
import type { Holds } from '../faults/holds';
import { json, type Answer } from '../http/answer';
import { Call, type RawRequest } from '../http/call';
import { findRoute, type Route } from '../http/route';
import type { SandboxPlatform } from '../platform';
import type { World } from '../state/world';
import { clientRoutes } from './clients';
import { clockRoutes } from './clock';
import { ControlProblem } from './problem';
import { faultRoutes } from './faults';
import { grantRoutes } from './grants';
import { userRoutes } from './users';
import { worldRoutes } from './world';

/** What the control API works on. */
export interface ControlRoom {
  readonly world: World;
  readonly platforms: ReadonlyMap<string, SandboxPlatform>;
  readonly dispatcher: Dispatcher;
  readonly holds: Holds;
}

/** Everything below `/_sandbox`: JSON in, JSON out, snake_case. */
export async function controlAnswer(request: RawRequest, room: ControlRoom): Promise<Answer> {
  const path = (request.url.split('?')[0] ?? '').slice('/_sandbox'.length) || '/';
  const call = new Call(request, { platform: '_sandbox', host: '', path });
  const match = findRoute(routesOf(room), call.method, path);
  if (!match) return problem(404, 'There is no such call; GET /_sandbox lists them');
  call.params = match.params;
  try {
    return await match.route.handle(call, room.world);
  } catch (err) {
    if (err instanceof ControlProblem) return problem(err.status, err.message);
    if (err instanceof z.ZodError) return problem(400, z.prettifyError(err));
    throw err;
  }
}

const problem = (status: number, message: string) => json(status, { error: { message } });

function routesOf(room: ControlRoom): Route[] {
  const own = [...room.platforms.values()].flatMap(({ id, control = [] }) =>
    control.map((route) => ({ ...route, path: `/${id}${route.path}` })),
  );
  const routes = [
    ...clockRoutes(room),
    ...faultRoutes(room),
    ...clientRoutes(room),
    ...userRoutes(room),
    ...grantRoutes(room),
    ...worldRoutes(room),
    ...own,
  ];
  const list = routes.map(({ method, path }) => `${method} /_sandbox${path}`);
  return [{ method: 'GET', path: '/', handle: () => json(200, { calls: list }) }, ...routes];
}
