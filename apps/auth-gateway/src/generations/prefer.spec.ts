import { preferredWait } from './prefer';

describe('Prefer: wait', () => {
  it.each([
    ['wait=10', 10],
    ['WAIT = 10', 10],
    ['wait="10"', 10],
    ['respond-async, wait=7', 7],
    ['handling="a, wait=3", wait=7', 7],
    ['wait=5; foo=bar', 5],
    ['wait=5, wait=9', 5],
    ['wait=0', 0],
    ['wait=3600', 60],
  ])('%s is %i seconds', (header, seconds) => {
    expect(preferredWait(header)).toBe(seconds);
  });

  it('may come in several headers', () => {
    expect(preferredWait(['respond-async', 'wait=4'])).toBe(4);
  });

  it.each([
    undefined,
    '',
    'respond-async',
    'wait',
    'wait=',
    'wait=-1',
    'wait=1.5',
    'wait=soon',
    'wait="1',
    'waiting=4',
    ',',
  ])('%s asks for nothing', (header) => {
    expect(preferredWait(header)).toBeNull();
  });
});
