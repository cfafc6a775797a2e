import { jsonFile, type JsonPart } from './json-file';

async function* rows(...all: object[]) {
  yield* all;
}
const textOf = async (parts: JsonPart[]) => {
  let text = '';
  for await (const piece of jsonFile(parts)) text += piece;
  return text;
};

it('is one JSON object, whatever is in it and however little', async () => {
  const text = await textOf([
    ['at', '2026-11-20'],
    ['user', { name: '"},\n{"' }],
    ['none', rows()],
    ['one', rows({ a: 1 })],
    ['two', rows({ a: 1 }, { b: ['x'] })],
  ]);
  expect(JSON.parse(text)).toEqual({
    at: '2026-11-20',
    user: { name: '"},\n{"' },
    none: [],
    one: [{ a: 1 }],
    two: [{ a: 1 }, { b: ['x'] }],
  });
});

it('asks for a row only when what is before it has been taken', async () => {
  let asked = 0;
  async function* counted() {
    for (;;) yield { row: ++asked };
  }
  const pieces = jsonFile([['rows', counted()]])[Symbol.asyncIterator]();
  await pieces.next();
  await pieces.next();
  await pieces.next();
  expect(asked).toBe(2);
});
