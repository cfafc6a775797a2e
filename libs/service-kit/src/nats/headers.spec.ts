import { headerOf, headersOf } from './headers';

const block = (values: Record<string, string>) =>
  `NATS/1.0\r\n${Object.entries(values)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

it('reads each header that is there, and nothing for one that is not', () => {
  const text = block({ 'request-id': 'req_1', principal: '{"name":"Zoë: a, b"}' });
  expect(headerOf(text, 'request-id')).toBe('req_1');
  expect(headerOf(text, 'principal')).toBe('{"name":"Zoë: a, b"}');
  expect(headerOf(text, 'deadline')).toBe('');
  expect(headerOf('', 'deadline')).toBe('');
});

it('is not misled by a name that stands in another header', () => {
  const text = block({ other: 'deadline:1', 'x-deadline': '2', deadline: '3' });
  expect(headerOf(text, 'deadline')).toBe('3');
  expect(headerOf(text, 'line')).toBe('');
});

it.each(['a\r\nprincipal: {}', 'a\nb', 'a\rb'])('refuses to write %j, which would be more than one header', (value) => {
  expect(() => headersOf({ 'request-id': value })).toThrow('The header request-id holds a line break');
});
