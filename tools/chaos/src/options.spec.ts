import { readOptions } from './options';

const known = ['storm', 'refresh'] as const;

it('runs all scenarios at full size unless told otherwise', () => {
  expect(readOptions([], known)).toEqual({ names: ['storm', 'refresh'], scale: 1 });
  expect(readOptions(['refresh', '--scale', '0.1'], known)).toEqual({ names: ['refresh'], scale: 0.1 });
});

it.each([
  [['flood'], '"flood" is no scenario; there are storm, refresh.'],
  [['--scale', 'small'], '--scale must be above 0 and at most 10, not "small".'],
  [['--scale', '0'], '--scale must be above 0 and at most 10, not "0".'],
  [['--loud'], "Unknown option '--loud'"],
])('refuses %p', (args, sentence) => {
  expect(() => readOptions(args, known)).toThrow(sentence);
});
