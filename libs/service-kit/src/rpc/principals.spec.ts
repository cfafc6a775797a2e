import { makePrincipal } from '@musicgen/testing';
import { readPrincipal } from './principals';

const text = (overrides: object = {}) => JSON.stringify({ ...makePrincipal(), ...overrides });

it('reads the same text once', () => {
  const one = text();
  expect(readPrincipal(one)).toEqual(JSON.parse(one));
  expect(readPrincipal(one)).toBe(readPrincipal(one));
});

it('lets no handler change what the next one is told', () => {
  const principal = readPrincipal(text({ permissions: ['user:read'] }));
  expect(() => Object.assign(principal, { role: 'admin' })).toThrow(TypeError);
  expect(() => principal.permissions.push('generate')).toThrow(TypeError);
});

it.each(['', 'root', 'null', text({ permissions: ['all'] }), text({ is_root: true })])(
  'refuses %j, the first time and again',
  (malformed) => {
    expect(() => readPrincipal(malformed)).toThrow();
    expect(() => readPrincipal(malformed)).toThrow();
  },
);
