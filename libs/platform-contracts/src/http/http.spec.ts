import { isErrorCode } from '@musicgen/error-codes';
import type { z } from 'zod';
import { permissions } from '../principal';
import { routes } from '.';

const others = ['anonymous', 'session', 'admin'];

describe.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_, route) => {
  it('says who may use it', () => {
    expect([...others, ...permissions]).toContain(route.access);
  });

  it('describes each parameter of its path', () => {
    const named = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(route.params?.shape ?? {}).toSorted()).toEqual(named.toSorted());
  });

  it('lists errors of the catalogue, each once', () => {
    for (const code of route.errors) expect(isErrorCode(code)).toBe(true);
    expect(new Set(route.errors).size).toBe(route.errors.length);
  });

  it('has a body in its answer, or a file, or 204', () => {
    const kinds = [route.response !== undefined, route.produces !== undefined, route.status === 204];
    expect(kinds.filter(Boolean)).toHaveLength(1);
  });

  it('has examples that its own schemas take', () => {
    const { body, response } = route.example ?? {};
    const check = (schema: z.ZodType | undefined, example: unknown) =>
      example === undefined ? undefined : schema?.safeParse(example).error?.issues;
    expect(check(route.body, body)).toBeUndefined();
    expect(check(route.response, response)).toBeUndefined();
  });

  it('shows an example of each JSON body and answer', () => {
    const shown = { body: route.example?.body !== undefined, response: route.example?.response !== undefined };
    expect(shown).toEqual({ body: route.body !== undefined, response: route.response !== undefined });
  });

  it('refuses unknown fields in its body and its query', () => {
    // What a platform adds to its callback is not ours to refuse.
    for (const schema of route.isPage ? [route.body] : [route.query, route.body]) {
      const issues = schema?.safeParse({ no_such_field: 1 }).error?.issues ?? [];
      if (schema) expect(issues.map((issue) => issue.code)).toContain('unrecognized_keys');
    }
  });
});

/** They are accepted like something new, and act on what is there: on what their path names, or on the one rotation. */
const acting = ['cancelGeneration', 'redeliverWebhook', 'requeueJob', 'rotateVaultKeys'];

it('takes an Idempotency-Key on every POST that creates something for somebody who is known', () => {
  const creating = routes.filter(
    ({ method, access, status, name }) =>
      method === 'POST' && access !== 'anonymous' && [201, 202].includes(status) && !acting.includes(name),
  );
  expect(routes.filter(({ creates }) => creates).map(({ name }) => name)).toEqual(creating.map(({ name }) => name));
});

it('has one route per method and path, and one name per route', () => {
  for (const names of [routes.map((r) => `${r.method} ${r.path}`), routes.map((r) => r.name)]) {
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  }
});
