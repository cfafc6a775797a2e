import { BrowserMark } from './browser-mark';

const valueOf = (cookie: string) => cookie.split(';')[0]!;

it('knows a browser again by the cookie that it was given, beside whatever others it sends', () => {
  const mark = new BrowserMark('https://music.example.com');
  const { cookie, hash } = mark.create();
  expect(mark.hashOf(`a=b; ${valueOf(cookie)}; session=c`)).toBe(hash);
  expect(mark.hashOf(`${valueOf(cookie)}x`)).not.toBe(hash);
  expect(hash).not.toContain(valueOf(cookie).slice('oauth_state='.length));
  for (const none of [undefined, '', 'a=b', 'oauth_state=']) expect(mark.hashOf(none)).toBeUndefined();
});

it('hides the cookie from scripts and from other paths, and sends it over https alone', () => {
  const { cookie } = new BrowserMark('https://music.example.com/api/').create();
  const parts = cookie.split('; ').slice(1);
  expect(parts.toSorted()).toEqual(['HttpOnly', 'Max-Age=600', 'Path=/api/v1/oauth', 'SameSite=Lax', 'Secure']);
  expect(new BrowserMark('http://127.0.0.1:3000').create().cookie).not.toContain('Secure');
});

it('can be taken away again', () => {
  expect(new BrowserMark('https://music.example.com').gone).toMatch(/^oauth_state=; Max-Age=0; Path=\/v1\/oauth/);
});
