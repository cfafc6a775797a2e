/** What stands under a name: a value, or rows that come one by one. */
export type JsonPart = readonly [name: string, content: object | string | AsyncIterable<object>];

/** A JSON object as text, written as its rows come: it is never in memory as a whole. */
export async function* jsonFile(parts: readonly JsonPart[]): AsyncIterable<string> {
  let before = '{\n';
  for (const [name, content] of parts) {
    yield `${before}${JSON.stringify(name)}: `;
    if (isRows(content)) yield* jsonArray(content);
    else yield JSON.stringify(content);
    before = ',\n';
  }
  yield '\n}\n';
}

async function* jsonArray(rows: AsyncIterable<object>): AsyncIterable<string> {
  let before = '[\n';
  for await (const row of rows) {
    yield `${before}${JSON.stringify(row)}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]' : '\n]';
}

const isRows = (content: JsonPart[1]): content is AsyncIterable<object> =>
  typeof content === 'object' && Symbol.asyncIterator in content;
