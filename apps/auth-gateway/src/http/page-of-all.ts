import { invalidFields } from '@musicgen/error-codes';
import type { PageRequest } from '@musicgen/platform-contracts';

/** A page of a list that is always there as a whole: the cursor is the last id shown. */
export function pageOfAll<Row extends { id: string }>(rows: readonly Row[], { limit, cursor }: PageRequest) {
  const start = cursor === undefined ? 0 : rows.findIndex(({ id }) => id === cursor) + 1;
  if (cursor !== undefined && start === 0) {
    throw invalidFields([{ path: 'query.cursor', problem: 'must be a next_cursor of this list' }]);
  }
  const data = rows.slice(start, start + limit);
  return { data, next_cursor: start + limit < rows.length ? data.at(-1)!.id : null };
}
