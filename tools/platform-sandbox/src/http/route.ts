import type { World } from '../state/world';
import type { Answer } from './answer';
import type { Call } from './call';

/** Answers a request and does what it asks for. */
export type Handler = (call: Call, world: World) => Answer | Promise<Answer>;

/** A method and a path, in which `:name` stands for one part. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly handle: Handler;
}

/** Declares a GET. */
export const get = (path: string, handle: Handler): Route => ({ method: 'GET', path, handle });

/** Declares a POST. */
export const post = (path: string, handle: Handler): Route => ({ method: 'POST', path, handle });

/** Declares a PUT. */
export const put = (path: string, handle: Handler): Route => ({ method: 'PUT', path, handle });

/** Declares a PATCH. */
export const patch = (path: string, handle: Handler): Route => ({ method: 'PATCH', path, handle });

/** Declares a DELETE. */
export const remove = (path: string, handle: Handler): Route => ({ method: 'DELETE', path, handle });

/** A route that fits, with what stands at its `:name`s. */
export interface Match {
  readonly route: Route;
  readonly params: Record<string, string>;
}

/** The first route that fits. */
export function findRoute(routes: readonly Route[], method: string, path: string): Match | undefined {
  for (const route of routes) {
    const params = route.method === method ? matchPath(route.path, path) : undefined;
    if (params) return { route, params };
  }
  return undefined;
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = decode(given[index] ?? '');
    if (!part.startsWith(':') && part !== value) return undefined;
    if (part.startsWith(':') && value === '') return undefined;
    if (part.startsWith(':')) params[part.slice(1)] = value;
  }
  return params;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
