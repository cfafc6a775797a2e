import { AppError } from '@musicgen/error-codes';

/** A page of a list that is always there as a whole: the cursor is the last id shown. */
export function pageOfAll<Row extends { id: string }>(
  rows: readonly Row[],
  { limit, cursor }: { limit: number; cursor?: string },
) {
  const start = cursor === undefined ? 0 : rows.findIndex(({ id }) => id === cursor) + 1;
  if (cursor !== undefined && start === 0) {
    const problem = 'must be a next_cursor of this list';
    throw new AppError('VALIDATION_FAILED', {
      details: `query.cursor: ${problem}`,
      data: { fields: [{ path: 'query.cursor', problem }] },
    });
  }
  const data = rows.slice(start, start + limit);
  return { data, next_cursor: start + limit < rows.length ? data.at(-1)!.id : null };
}
