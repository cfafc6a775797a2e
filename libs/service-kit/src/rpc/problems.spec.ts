import { z } from 'zod';
import { problemOf } from './problems';

const problem = (schema: z.ZodType, value: unknown) => {
  const parsed = schema.safeParse(value, { error: problemOf });
  return parsed.error?.issues.map(({ message }) => message).join('; ');
};

describe('the problem of a field', () => {
  it.each<[z.ZodType, unknown, string]>([
    [z.string(), undefined, 'is required'],
    [z.enum(['live', 'test']), undefined, 'is required'],
    [z.union([z.string(), z.number()]), undefined, 'is required'],
    [z.string(), 5, 'must be a string'],
    [z.number(), '5', 'must be a number'],
    [z.int(), 1.5, 'must be a whole number'],
    [z.boolean(), 'yes', 'must be true or false'],
    [z.array(z.string()), {}, 'must be a list'],
    [z.object({}), [], 'must be an object'],
    [z.number().max(300), 301, 'must be at most 300'],
    [z.number().positive(), 0, 'must be more than 0'],
    [z.string().max(3), 'four', 'must be at most 3 characters'],
    [z.string().min(1), '', 'must not be empty'],
    [z.array(z.string()).max(1), ['a', 'b'], 'must be at most 1 entries'],
    [z.enum(['live', 'test']), 'x', 'must be one of live, test'],
    [z.literal('WAV'), 'x', 'must be WAV'],
    [z.email(), 'x', 'must be an e-mail address'],
    [z.iso.datetime(), 'x', 'must be an ISO 8601 time'],
    [z.union([z.string(), z.number()]), true, 'has none of the forms that are allowed'],
    [z.number().multipleOf(5), 3, 'must be a multiple of 5'],
    [z.string({ error: 'says what its schema says' }), 5, 'says what its schema says'],
    [z.string().max(3, 'is too long for us'), 'four', 'is too long for us'],
  ])('%#: is said in plain words', (schema, value, said) => {
    expect(problem(schema, value)).toBe(said);
  });
});
