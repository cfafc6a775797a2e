import { returnUrl } from './return-url';

const publicUrl = 'https://music.example.com/api';

it.each([
  ['/settings?tab=1#x', 'https://music.example.com/settings?tab=1#x'],
  ['https://music.example.com/a', 'https://music.example.com/a'],
  ['next', 'https://music.example.com/next'],
])('sends people to %s', (wanted, url) => {
  expect(returnUrl(wanted, publicUrl)).toBe(url);
});

it.each([
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example',
  '\\\\evil.example',
  'http://music.example.com/',
  'https://music.example.com:8443/',
  'https://music.example.com.evil.example/',
  'https://user@music.example.com/',
  'javascript:alert(1)',
  'data:text/html,x',
  'https://[',
])('sends nobody to %s', (wanted) => {
  expect(() => returnUrl(wanted, publicUrl)).toThrow('return_to must be a path, or a URL on https://music.example.com');
});
