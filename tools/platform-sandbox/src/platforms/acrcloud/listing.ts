import { json, type Answer } from '../../http/answer';
import type { Call } from '../../http/call';

/** A page of a list, as Laravel makes them. */
export function listAnswer(call: Call, all: readonly object[]): Answer {
  const page = call.integer('page', 1, { min: 1, max: 100_000 }) ?? 1;
  const perPage = call.integer('per_page', 20, { min: 1, max: 100 }) ?? 20;
  const lastPage = Math.max(1, Math.ceil(all.length / perPage));
  const shown = all.slice((page - 1) * perPage, page * perPage);
  const path = `${call.base}${call.path}`;
  const link = (number: number) => (number < 1 || number > lastPage ? null : `${path}?page=${number}`);
  return json(200, {
    data: shown,
    links: { first: link(1), last: link(lastPage), prev: link(page - 1), next: link(page + 1) },
    meta: {
      current_page: page,
      from: shown.length > 0 ? (page - 1) * perPage + 1 : null,
      last_page: lastPage,
      path,
      per_page: perPage,
      to: shown.length > 0 ? (page - 1) * perPage + shown.length : null,
      total: all.length,
    },
  });
}
