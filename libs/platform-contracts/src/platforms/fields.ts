import { z } from 'zod';

/** How a form shows a field. */
export type FieldKind = 'text' | 'multiline' | 'url' | 'list';

/** Says what is odd about a value, or nothing. */
export type Remark = (value: string) => string | undefined;

/** What a form shows of a field, beside its name. */
export interface FieldFacts {
  label: string;
  /** Where the value is found, or what it is for. */
  help?: string;
  /** Shown in the empty input and in the API's documentation; a value that is accepted. */
  example?: string;
}

interface TextFacts extends FieldFacts {
  kind?: FieldKind;
  /** Refuses the value: for formats the platform documents. */
  problem?: Remark;
  /** Warns about the value: for formats that are only seen, and that the platform may change. */
  hint?: Remark;
  /** Repairs what people paste, after white space and quotes around it are gone. */
  clean?: (value: string) => string;
}

/** Everything known about a field that its zod schema cannot say. */
export interface FieldMeta extends FieldFacts {
  kind: FieldKind;
  secret: boolean;
  hint?: Remark;
  options?: readonly string[];
}

const registry = z.registry<FieldMeta>();

/** A value of one line, not secret. White space and quotes around it are taken off. */
export const text = (facts: TextFacts) => describe(textSchema(facts), { kind: 'text', ...facts, secret: false });

/** A value that never leaves the vault: stored encrypted, shown as set or not, write-only in every form. */
export const secret = (facts: TextFacts) => describe(textSchema(facts), { kind: 'text', ...facts, secret: true });

/** An id made of digits; a JSON number is taken too. Anything else is only warned about. */
export const digits = (facts: TextFacts) => {
  const schema = z.preprocess((value) => (typeof value === 'number' ? String(value) : value), textSchema(facts));
  return describe(schema, { kind: 'text', hint: format(/^\d+$/, 'is usually digits only'), ...facts, secret: false });
};

/** Words in any order, each once; one text with spaces or commas between them is taken too. */
export const list = ({ options, ...facts }: FieldFacts & { options: readonly string[] }) => {
  const word = z.string('must be text').regex(/^[^\s,]{1,200}$/, 'must be one word, without spaces and commas');
  const words = z
    .array(word, { error: problemOf(facts.label, 'must be a list of texts') })
    .max(100, 'must be at most 100');
  const schema = z.preprocess(split, words).overwrite((all) => [...new Set(all)]);
  const hint: Remark = (word) =>
    options.includes(word) ? undefined : `has "${word}", which the platform does not document`;
  return describe(schema, { kind: 'list', ...facts, options, hint, secret: false });
};

/** A point in time, ISO 8601. */
export const moment = (facts: FieldFacts) => {
  const error = problemOf(facts.label, 'must be a date and time, for example 2026-11-20T10:15:00.000Z');
  return describe(z.iso.datetime({ offset: true, error }), { ...facts, kind: 'text', secret: false });
};

/** Where the platform sends the browser back to: https, or plain http to this machine. Compared exactly, so never rewritten. */
export const redirectUri = (rule: { noLocalhost?: string } = {}) =>
  text({
    label: 'Redirect URI',
    help: 'Must be registered with the app at the platform, character for character.',
    example: 'https://music.example.com/callback',
    kind: 'url',
    problem: (value) => redirectProblem(value, rule.noLocalhost),
  });

/** Makes a field one that may be left out. */
export function optional<T extends z.ZodType>(field: T): z.ZodOptional<T> {
  return describe(field.optional(), metaOf(field));
}

/** Makes a field one that has a value when it is left out. */
export function withDefault<T extends z.ZodType>(field: T, value: string): z.ZodDefault<T> {
  return describe(field.default(value as never), metaOf(field));
}

/** A remark for every value that has not the form. */
export function format(form: RegExp, remark: string): Remark {
  return (value) => (form.test(value) ? undefined : remark);
}

/** What the form, the vault and the documentation know about a field; throws for a schema not made by this module. */
export function metaOf(field: z.ZodType): FieldMeta {
  const meta = registry.get(field);
  if (!meta) throw new Error('The fields of a platform are made with the helpers of fields.ts');
  return meta;
}

function textSchema({ label, problem, clean = (value) => value, kind }: TextFacts) {
  return z
    .string({ error: problemOf(label, 'must be text') })
    .overwrite((value) => clean(unquote(value)))
    .min(1, `must not be empty (${label})`)
    .max(8192, 'must be at most 8192 characters')
    .superRefine((value, ctx) => {
      const remark =
        (kind === 'multiline' || /^\P{Cc}*$/u.test(value) ? undefined : 'must be one line') ?? problem?.(value);
      if (remark && value) ctx.addIssue(remark);
    });
}

function describe<T extends z.ZodType>(schema: T, meta: FieldMeta): T {
  const described = schema.meta({
    title: meta.label,
    ...(meta.help && { description: meta.help }),
    ...(meta.example && { examples: [meta.example] }),
    ...(meta.secret && { writeOnly: true }),
  });
  registry.add(described, meta as never);
  return described;
}

function redirectProblem(value: string, noLocalhost: string | undefined): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url) return 'must be a whole URL, for example https://music.example.com/callback';
  if (value.includes('#') || url.username || url.password) return 'must have no user name, password or fragment (#…)';
  const isLocalhost = url.hostname === 'localhost' || url.hostname.endsWith('.localhost');
  if (isLocalhost && noLocalhost) return noLocalhost;
  if (url.protocol === 'https:') return undefined;
  const isLoopback = isLocalhost || url.hostname === '127.0.0.1' || url.hostname === '[::1]';
  return url.protocol === 'http:' && isLoopback
    ? undefined
    : 'must be https, or http to a loopback address such as http://127.0.0.1:3000/callback';
}

const problemOf = (label: string, otherwise: string) => (issue: { input?: unknown }) =>
  issue.input === undefined ? `is required (${label})` : otherwise;

const unquote = (value: string) =>
  value
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .trim();

const split = (value: unknown) => (typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : value);
