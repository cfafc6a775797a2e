import { idPrefixes, type RouteContract } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import type { z } from 'zod';

/** A well-formed request of a route: its example, and ids of things that are not there. */
export function requestOf({ method, path, params, example }: RouteContract): { route: string; body?: unknown } {
  const fitting = (name: string) => {
    const candidates = [...idPrefixes.map(newId), 'spotify', 'bass'];
    return candidates.find((value) => (params!.shape[name] as z.ZodType).safeParse(value).success)!;
  };
  return {
    route: `${method} ${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => fitting(name))}`,
    body: example?.body,
  };
}
