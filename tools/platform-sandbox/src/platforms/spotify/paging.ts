import type { Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import { apiError } from './problems';

interface Limits {
  readonly max: number;
  readonly fallback: number;
}

/** A page by limit and offset, with links to the next and the one before; or what is wrong with the numbers. */
export function offsetPage<T>(
  call: Call,
  all: readonly T[],
  show: (item: T) => unknown,
  limits?: Limits,
): object | Answer {
  const { max, fallback } = limits ?? { max: 50, fallback: 20 };
  const limit = call.integer('limit', fallback, { min: 1, max });
  const offset = call.integer('offset', 0, { min: 0, max: 100_000 });
  if (limit === undefined) return apiError(400, 'Invalid limit');
  if (offset === undefined) return apiError(400, 'Invalid offset');
  const link = (at: number) => {
    const query = new URLSearchParams(call.query);
    query.set('offset', String(at));
    query.set('limit', String(limit));
    return `${call.base}${call.path}?${query}`;
  };
  return {
    href: link(offset),
    limit,
    next: offset + limit < all.length ? link(offset + limit) : null,
    offset,
    previous: offset > 0 ? link(Math.max(0, offset - limit)) : null,
    total: all.length,
    items: all.slice(offset, offset + limit).map(show),
  };
}

/** The ids of `?ids=`, or what is wrong with them. */
export function idList(call: Call, max: number): string[] | Answer {
  const ids = (call.query.get('ids') ?? '').split(',').filter(Boolean);
  if (ids.length === 0) return apiError(400, 'invalid id');
  if (ids.length > max) return apiError(400, 'too many ids requested');
  return ids.every((id) => /^[0-9A-Za-z]{22}$/.test(id)) ? ids : apiError(400, 'invalid id');
}
