import { ERRORS } from '@musicgen/error-codes';
import { routes, webhookEventTypes } from '@musicgen/platform-contracts';
import { openApiDocument } from './openapi';

interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security?: object[];
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { required: boolean; content: Record<string, { schema: object; example?: unknown }> };
  responses: Record<string, { description: string; content?: Record<string, Content>; headers?: object }>;
}
interface Content {
  schema?: unknown;
  example?: unknown;
  examples?: Record<string, { value: { error: { code: string } } }>;
}

const document = JSON.parse(JSON.stringify(openApiDocument('https://api.example.com'))) as {
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, { post: Operation }>;
  tags: { name: string }[];
};
const operationOf = ({ path, method }: { path: string; method: string }) =>
  document.paths[path]![method.toLowerCase()]!;
const described = routes.map((route) => [`${route.method} ${route.path}`, route, operationOf(route)] as const);

describe('the OpenAPI document', () => {
  it('describes every route and what operators use, and nothing else', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const extra = ['GET /health/live', 'GET /health/ready', 'GET /metrics'];
    expect(operations.sort()).toEqual([...described.map(([name]) => name), ...extra].sort());
  });

  it('refers only to what is in it', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference!);
    expect(references).not.toHaveLength(0);
    for (const reference of new Set(references)) {
      expect(reference).toMatch(/^#\//);
      const parts = reference.slice(2).split('/');
      const found = parts.reduce<unknown>((value, part) => (value as Record<string, unknown>)?.[part], document);
      expect({ reference, found }).toEqual({ reference, found: expect.any(Object) });
    }
  });

  it('has schemas of JSON Schema 2020-12 alone: none names its own dialect, none is left empty by accident', () => {
    expect(JSON.stringify(document)).not.toContain('$schema');
    const isSchema = (type: unknown) =>
      [undefined, 'object', 'array', 'string', 'number', 'integer', 'boolean', 'null'].includes(type as string);
    walk(document, (value, key) => {
      if (key === 'schema') expect(isSchema((value as { type?: unknown }).type)).toBe(true);
    });
  });

  it('gives every operation a name of its own, and a tag that is listed', () => {
    const operations = [document.paths, document.webhooks].flatMap((items) =>
      Object.values<Record<string, Operation>>(items).flatMap((methods) => Object.values(methods)),
    );
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    const tags = document.tags.map(({ name }) => name);
    for (const operation of operations) expect(tags).toEqual(expect.arrayContaining(operation.tags));
  });

  it('describes a login as one of its two forms, each strict', () => {
    const { schema } = document.paths['/v1/auth/login']!.post!.requestBody!.content['application/json']!;
    expect(schema).toEqual({
      oneOf: [
        expect.objectContaining({ type: 'object', additionalProperties: false, required: ['email', 'password'] }),
        expect.objectContaining({ type: 'object', additionalProperties: false, required: ['api_key'] }),
      ],
    });
  });

  it('tells that a file may come in part, or not again', () => {
    const { responses } = document.paths['/v1/generate/{id}/audio']!.get!;
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '206', '304', '416']));
    expect(Object.keys(responses['206']!.content!)).toEqual(['audio/wav', 'audio/flac', 'audio/mpeg', 'audio/ogg']);
  });
});

describe.each(webhookEventTypes)('the webhook %s', (type) => {
  const { post } = document.webhooks[type]!;

  it('is described in words', () => {
    expect(post.summary).toMatch(/^[A-Z0-9].{10}/);
  });

  it('is a request that is signed and holds the event without its user', () => {
    expect(post.parameters.map(({ name }) => name)).toEqual(['webhook-id', 'webhook-timestamp', 'webhook-signature']);
    const { schema } = post.requestBody!.content['application/json']!;
    expect(schema).toMatchObject({
      type: 'object',
      required: ['type', 'timestamp', 'data'],
      properties: { type: { const: type }, data: { type: 'object', properties: { mode: { enum: ['live', 'test'] } } } },
    });
    expect(JSON.stringify(schema)).not.toContain('user_id');
  });
});

it('describes no other webhooks than an endpoint can register for', () => {
  expect(Object.keys(document.webhooks)).toEqual(webhookEventTypes);
});

describe.each(described)('%s', (_, route, operation) => {
  it('says which credentials and which permission it needs', () => {
    const isOpen = route.access === 'anonymous';
    expect(operation.security).toEqual(
      isOpen ? undefined : [{ apiKey: [] }, { bearer: [] }, { cookie: [] }].slice(isSession(route.access) ? 1 : 0),
    );
    if (!isOpen) expect(operation.description).toContain(`\`${route.access}\``);
  });

  it('names each parameter of its path and query, with a schema', () => {
    const names = [...Object.keys(route.params?.shape ?? {}), ...Object.keys(route.query?.shape ?? {})];
    expect(operation.parameters.map(({ name }) => name)).toEqual([
      ...names,
      ...(route.creates ? ['Idempotency-Key'] : []),
    ]);
    for (const parameter of operation.parameters) expect(parameter.schema).not.toEqual({});
    for (const parameter of operation.parameters.filter((one) => one.in === 'path'))
      expect(parameter.required).toBe(true);
  });

  it('shows an example of its JSON body and of its JSON answer', () => {
    const body = operation.requestBody?.content['application/json'];
    expect(body?.example).toEqual(route.example?.body);
    if (body) expect(body.schema).not.toEqual({});
    const answer = operation.responses[route.status]!.content?.['application/json'];
    expect(answer?.example).toEqual(route.example?.response);
  });

  it('shows each of its errors under its status', () => {
    const shown = Object.entries(operation.responses).flatMap(([status, { content }]) =>
      Object.entries(content?.['application/json']?.examples ?? {}).map(([code, { value }]) => {
        expect(value.error.code).toBe(code);
        expect(String(ERRORS[code as 'NOT_FOUND'].status)).toBe(status);
        return code;
      }),
    );
    expect(shown).toEqual(expect.arrayContaining([...route.errors, 'RATE_LIMIT_EXCEEDED', 'INTERNAL_ERROR']));
    if (route.access !== 'anonymous') expect(shown).toEqual(expect.arrayContaining(['AUTHENTICATION_REQUIRED']));
    if (route.params) expect(shown).toContain('NOT_FOUND');
  });
});

const isSession = (access: string) => access === 'session' || access === 'admin';

function walk(value: unknown, visit: (value: unknown, key: string) => void): void {
  for (const [key, inner] of Object.entries(Object(value) as object)) {
    visit(inner, key);
    if (typeof inner === 'object') walk(inner, visit);
  }
}
