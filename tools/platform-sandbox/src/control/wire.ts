import type { z } from 'zod';
import { json, type Answer } from '../http/answer';
import type { Call } from '../http/call';

/** What stands under these names is not ours to rename: parameters and headers of others. */
const verbatim = new Set(['query', 'headers', 'params', 'claims', 'result']);

/** An answer of the control API: snake_case. */
export const answer = (status: number, value: unknown): Answer => json(status, rename(value, toSnake));

/** The body of a control call, checked: snake_case becomes camelCase. Under `accounts` the platforms' ids stay as they are. */
export const bodyOf = <T>(call: Call, schema: z.ZodType<T>): T => schema.parse(rename(call.json() ?? {}, toCamel));

/** The query of a control call, checked. */
export const queryOf = <T>(call: Call, schema: z.ZodType<T>): T =>
  schema.parse(rename(Object.fromEntries(call.query), toCamel));

function rename(value: unknown, change: (name: string) => string, isMap = false): unknown {
  if (Array.isArray(value)) return value.map((item) => rename(item, change));
  if (typeof value !== 'object' || value === null) return value;
  const pairs = Object.entries(value).map(([name, inner]) => [
    isMap ? name : change(name),
    verbatim.has(name) ? inner : rename(inner, change, name === 'accounts'),
  ]);
  return Object.fromEntries(pairs);
}

const toCamel = (name: string) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const toSnake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
