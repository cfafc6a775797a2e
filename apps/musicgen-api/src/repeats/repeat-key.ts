import { createHash } from 'node:crypto';
import type { RenderRequest } from '../engines/engine';

/** Requests with the same key ask for the same bytes: of a model, an engine's version and a bank that are the same too. */
export function repeatKeyOf({ id: _, formats, ...request }: RenderRequest): string {
  const wish = JSON.stringify(sorted({ ...request, formats: [...formats].sort() }));
  return createHash('sha256').update(wish, 'utf8').digest('hex');
}

/** Fields in one order, and none that is not there. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, of]) => of !== undefined && of !== false);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, of]) => [name, sorted(of)]));
}
