import { lastSeen, textOf } from './server-sent-events';

it('writes an event as lines that end in an empty one', () => {
  const text = textOf({ id: 7, event: 'progress', data: { section: 'a\nb', bar: null } });
  expect(text).toBe('id: 7\nevent: progress\ndata: {"section":"a\\nb","bar":null}\n\n');
});

it.each([
  ['7', 7],
  ['0', 0],
  [undefined, 0],
  ['', 0],
  ['-1', 0],
  ['1e3', 0],
  ['99999999999', 0],
  [['1', '2'], 0],
])('resumes after %s at %i', (header, number) => {
  expect(lastSeen(header)).toBe(number);
});
