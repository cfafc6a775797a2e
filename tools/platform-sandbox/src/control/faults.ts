import { commonFailures, faultRequest, faults, isCommon } from '../faults/fault';
import { get, post, remove, type Route } from '../http/route';
import { randomText } from '../state/random';
import type { ControlRoom } from './control';
import { ControlProblem, need, needPlatform } from './problem';
import { answer, bodyOf } from './wire';

/** Faults come into force in the order in which they were made; the first that fits a request hits it. */
export function faultRoutes({ world, platforms, holds }: ControlRoom): Route[] {
  const show = (id: string) => ({ ...need(faults(world).find(id), `fault ${id}`), held: holds.count(id) });
  return [
    get('/failures', () => answer(200, { common: commonFailures, platforms: ownFailures({ platforms }) })),
    get('/faults', () =>
      answer(200, {
        faults: faults(world)
          .list()
          .map(({ id }) => show(id)),
      }),
    ),
    get('/faults/:id', (call) => answer(200, show(call.param('id')))),
    post('/faults', (call) => {
      const request = bodyOf(call, faultRequest);
      if (request.platform !== undefined) needPlatform(platforms, request.platform);
      const id = `fault_${randomText(12)}`;
      faults(world).put({ ...completed(request, platforms), id, seen: 0, hits: 0 });
      return answer(201, show(id));
    }),
    post('/faults/:id/release', (call) => answer(200, { released: holds.release(call.param('id')) })),
    remove('/faults/:id', (call) => {
      const id = call.param('id');
      need(faults(world).find(id), `fault ${id}`);
      faults(world).delete(id);
      return answer(200, { released: holds.release(id) });
    }),
    remove('/faults', () => {
      faults(world).deleteAll(() => true);
      holds.releaseAll();
      return answer(200, {});
    }),
  ];
}

type Request = ReturnType<typeof faultRequest.parse>;

/** A platform's own failure happens where the platform has it, if the fault does not say where. */
function completed(request: Request, platforms: ControlRoom['platforms']): Request {
  if (isCommon(request.failure)) return request;
  const having = [...platforms.values()].filter(({ id }) => request.platform === undefined || request.platform === id);
  const own = having.find(({ failures }) => Object.hasOwn(failures, request.failure))?.failures[request.failure];
  if (!own) {
    const known = having.flatMap(({ failures }) => Object.keys(failures));
    const names = [...new Set([...Object.keys(commonFailures), ...known])].join(', ');
    throw new ControlProblem(400, `failure must be one of ${names}`);
  }
  if (request.platform === undefined || request.host !== undefined || request.path !== undefined) return request;
  return { ...request, host: own.host, path: own.path };
}

function ownFailures({ platforms }: Pick<ControlRoom, 'platforms'>) {
  return [...platforms.values()].map(({ id, failures }) => ({
    platform: id,
    failures: Object.entries(failures).map(([name, { about, host, path }]) => ({ name, about, host, path })),
  }));
}
