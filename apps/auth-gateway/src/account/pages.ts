export interface Page<Row> {
  data: Row[];
  next_cursor: string | null;
}

/** The rows of all pages, each asked for when it is needed: but for the first, which is there when this settles. */
export async function rowsOf<Row>(ask: (cursor?: string) => Promise<Page<Row>>): Promise<AsyncIterable<Row>> {
  const first = await ask();
  return (async function* () {
    for (let page = first; ; page = await ask(page.next_cursor)) {
      yield* page.data;
      if (page.next_cursor === null) return;
    }
  })();
}
