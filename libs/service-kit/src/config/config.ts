import fs from 'node:fs';
import { z } from 'zod';

/** Everything that is wrong with a configuration, one sentence per problem. Values are never in it. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join('\n'));
  }
}

/** `databaseUrl` in code is `DATABASE_URL` in the environment. */
export const variableName = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

/**
 * Parses the environment once. Each variable may come as `NAME_FILE`, the path of a file that holds the value.
 * An empty variable counts as not set. Throws {@link ConfigError}.
 */
export function parseConfig<S extends z.ZodRawShape>(shape: S, env: NodeJS.ProcessEnv): z.infer<z.ZodObject<S>> {
  const problems: string[] = [];
  const told = new Set<string>();
  const values: Record<string, string> = {};
  for (const key of Object.keys(shape)) {
    const name = variableName(key);
    const { value, problem } = readVariable(name, env);
    if (value !== undefined) values[key] = value;
    if (!problem) continue;
    problems.push(problem);
    told.add(name);
  }
  const parsed = z.object(shape).safeParse(values);
  for (const issue of parsed.error?.issues ?? []) {
    const name = variableName(String(issue.path[0]));
    if (!told.has(name)) problems.push(sentence(name, issue, values));
    told.add(name);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return parsed.data as z.infer<z.ZodObject<S>>;
}

function readVariable(name: string, env: NodeJS.ProcessEnv): { value?: string; problem?: string } {
  const file = env[`${name}_FILE`];
  if (env[name] && file) return { problem: `${name} and ${name}_FILE are both set; set one.` };
  if (env[name] || !file) return { value: env[name] || undefined };
  try {
    const value = fs.readFileSync(file, 'utf8').trim();
    return value ? { value } : { problem: `${name}_FILE names a file that is empty.` };
  } catch (error) {
    return { problem: `${name}_FILE names a file that cannot be read (${(error as NodeJS.ErrnoException).code}).` };
  }
}

function sentence(name: string, issue: z.core.$ZodIssue, values: Record<string, string>): string {
  const key = String(issue.path[0]);
  const inner = issue.path.length > 1 ? ` (at ${issue.path.slice(1).join('.')})` : '';
  if (values[key] === undefined) return `${name} is not set.`;
  return `${name} is wrong${inner}: ${issue.message}.`;
}

/** The table of a service's configuration in its README: name, default, meaning. */
export function configTable(shape: z.ZodRawShape): string {
  const rows = Object.entries(shape as Record<string, z.ZodType>).map(([key, schema]) => {
    const { success, data } = schema.safeParse(undefined);
    const isPlain = data !== undefined && typeof data !== 'object';
    const fallback = !success ? 'required' : isPlain ? `\`${String(data)}\`` : '';
    return `| \`${variableName(key)}\` | ${fallback} | ${schema.description ?? ''} |`;
  });
  return ['| variable | default | what |', '| --- | --- | --- |', ...rows].join('\n');
}
