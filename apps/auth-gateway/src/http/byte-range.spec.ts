import { parseByteRange } from './byte-range';

describe('a Range header', () => {
  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=0-9', 0, 9],
    ['Bytes= 3-', 3, 9],
    ['bytes=3-99', 3, 9],
    ['bytes=-4', 6, 9],
    ['bytes=-99', 0, 9],
  ])('%s of ten bytes is from %i to %i', (header, start, end) => {
    expect(parseByteRange(header, 10)).toEqual({ start, end });
  });

  it.each(['bytes=10-', 'bytes=10-20', 'bytes=-0', `bytes=${'9'.repeat(400)}-`])(
    '%s of ten bytes is nothing',
    (header) => {
      expect(parseByteRange(header, 10)).toBe('unsatisfiable');
    },
  );

  it.each(['bytes=0-', 'bytes=-1'])('%s of no bytes is nothing', (header) => {
    expect(parseByteRange(header, 0)).toBe('unsatisfiable');
  });

  it.each(['', 'bytes', 'bytes=', 'bytes=-', 'bytes=5-1', 'bytes=0-1,3-4', 'bytes=a-b', 'bytes=-1-2', 'lines=0-1'])(
    '%j is to be ignored',
    (header) => {
      expect(parseByteRange(header, 10)).toBeNull();
    },
  );
});
