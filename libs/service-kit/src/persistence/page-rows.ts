/** Makes a page of rows that were read newest first, one more than the limit: the cursor is the last id shown. */
export function pageRows<Row extends { id: string }, View>(rows: Row[], limit: number, view: (row: Row) => View) {
  const shown = rows.slice(0, limit);
  return { data: shown.map(view), next_cursor: rows.length > limit ? shown.at(-1)!.id : null };
}
