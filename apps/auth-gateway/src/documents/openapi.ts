import { ERRORS, type ErrorCode } from '@musicgen/error-codes';
import { routes, type RouteContract } from '@musicgen/platform-contracts';
import { version } from '@musicgen/service-kit';
import type { z } from 'zod';
import { schemaOf } from './json-schema';
import { components, errorOf, headersOf, idempotencyKey, operatorPaths, operatorTag, replayed } from './openapi-parts';
import { openApiWebhooks } from './openapi-webhooks';

/** What any route can answer beside its own errors. */
const common: ErrorCode[] = [
  'VALIDATION_FAILED',
  'RATE_LIMIT_EXCEEDED',
  'INTERNAL_ERROR',
  'SERVICE_UNAVAILABLE',
  'TIMEOUT',
];
const authenticated: ErrorCode[] = [
  'AUTHENTICATION_REQUIRED',
  'INVALID_TOKEN',
  'TOKEN_EXPIRED',
  'INVALID_API_KEY',
  'API_KEY_EXPIRED',
  'INSUFFICIENT_PERMISSIONS',
  'IP_NOT_ALLOWED',
];

/** Of routes that take an Idempotency-Key. */
const idempotencyErrors: ErrorCode[] = ['IDEMPOTENCY_KEY_REUSED', 'REQUEST_IN_PROGRESS'];

/** The OpenAPI 3.1 document of the public API, made from the contracts that also check every request and event. */
export function openApiDocument(publicUrl: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  Object.assign(paths, operatorPaths);
  return {
    openapi: '3.1.0',
    info: { title: 'Music Gen AI', version, description: 'Every error has one format and a code of /docs/errors.' },
    servers: [{ url: publicUrl }],
    tags: [...new Set([...routes.map(({ tag }) => tag), operatorTag])].map((name) => ({ name })),
    paths,
    webhooks: openApiWebhooks,
    components,
  };
}

function operation(route: RouteContract) {
  const isAnonymous = route.access === 'anonymous';
  return {
    operationId: route.name,
    tags: [route.tag],
    summary: route.summary,
    ...(!isAnonymous && { description: `Needs: \`${route.access}\`.`, security: securityOf(route) }),
    'x-access': route.access,
    parameters: [
      ...parameters(route.params, 'path'),
      ...parameters(route.query, 'query'),
      ...(route.creates ? [idempotencyKey] : []),
    ],
    ...(route.body && {
      requestBody: {
        required: !route.body.safeParse({}).success,
        content: { 'application/json': { schema: schemaOf(route.body, 'input'), ...example(route.example?.body) } },
      },
    }),
    responses: { ...successes(route), ...failures(route, isAnonymous) },
  };
}

/** A session has a token or a cookie; a key never opens what is a session's. */
const securityOf = ({ access }: RouteContract) =>
  access === 'session' || access === 'admin' ? sessions : [{ apiKey: [] }, ...sessions];

const sessions = [{ bearer: [] }, { cookie: [] }];

function successes(route: RouteContract) {
  const { response, produces, status, summary: description } = route;
  const headers = { ...headersOf(status), ...(route.creates && replayed) };
  if (!produces) {
    const json = response && { schema: schemaOf(response, 'output'), ...example(route.example?.response) };
    const content = { 'application/json': json, ...(route.isPage && { 'text/html': { schema: { type: 'string' } } }) };
    return {
      [status]: { description, headers, ...(json && { content }) },
      ...(route.isPage && { 303: { description: 'The browser is sent on', headers } }),
    };
  }
  const file = (type: string) => ({ schema: type === 'application/json' ? {} : { type: 'string', format: 'binary' } });
  const content = Object.fromEntries(produces.map((type) => [type, file(type)]));
  if (produces.includes('text/event-stream')) {
    const over = { description: 'What `Last-Event-ID` names was the last: there is no more to come', headers };
    return { [status]: { description, headers, content }, 204: over };
  }
  return {
    [status]: { description, headers, content },
    206: { description: 'The part that `Range` asks for', headers, content },
    304: { description: 'What `If-None-Match` names is still the file', headers },
    416: { description: 'The file has no such part as `Range` asks for', headers },
  };
}

/** One entry per status, naming the codes that come with it. */
function failures(route: RouteContract, isAnonymous: boolean) {
  const codes = new Set<ErrorCode>([...route.errors, ...common, ...(isAnonymous ? [] : authenticated)]);
  if (route.creates) idempotencyErrors.forEach((code) => codes.add(code));
  if (route.params) codes.add('NOT_FOUND');
  if (route.body) ['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'].forEach((code) => codes.add(code as ErrorCode));
  const byStatus: Record<string, unknown> = {};
  for (const status of new Set([...codes].map((code) => ERRORS[code].status))) {
    const names = [...codes].filter((code) => ERRORS[code].status === status);
    byStatus[status] = errorOf(names);
  }
  return byStatus;
}

function parameters(schema: z.ZodObject | undefined, place: 'path' | 'query') {
  const json = schema && (schemaOf(schema, 'input') as { properties?: Record<string, unknown>; required?: string[] });
  return Object.entries(json?.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (json?.required ?? []).includes(name),
    schema: property,
  }));
}

const example = (value: unknown) => (value === undefined ? {} : { example: value });
