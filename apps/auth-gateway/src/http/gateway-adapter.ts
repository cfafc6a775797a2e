import { AppError } from '@musicgen/error-codes';
import { callFields, httpSeconds, newId, type Logger } from '@musicgen/service-kit';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Authenticated } from '../authentication/authenticated';
import type { Config } from '../config';
import { ErrorsFilter } from './errors.filter';

const jsonBytesMax = 256 * 1024;
const requestIdForm = /^[A-Za-z0-9_-]{8,64}$/;

const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
} as const;

/** Fastify as the gateway needs it: our request ids, no client address but the socket's unless a proxy is trusted. */
export const gatewayAdapter = ({ trustedProxies }: Config): FastifyAdapter =>
  new FastifyAdapter({
    genReqId: requestIdOf as never,
    bodyLimit: jsonBytesMax,
    trustProxy: trustedProxies.length > 0 ? trustedProxies : false,
    routerOptions: { maxParamLength: 300 },
  });

/** Hooks and parsers of every request, and the one filter of errors. */
export async function configureHttp(app: NestFastifyApplication, logger: Logger, config: Config): Promise<void> {
  app.useGlobalFilters(new ErrorsFilter(logger));
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  parseJsonBodies(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(securityHeaders);
    reply.header('x-request-id', request.id);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const seconds = reply.elapsedTime / 1000;
    httpSeconds.observe({ route, status: `${Math.floor(reply.statusCode / 100)}xx` }, seconds);
    if (config.requestLog) logger.info(requestFields(request, route, reply.statusCode, seconds), 'request');
    done();
  });
}

function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && requestIdForm.test(given) ? given : newId('req');
}

/** The route's pattern, never the path: paths hold ids, and some of them secrets. */
const requestFields = (request: FastifyRequest, route: string, status: number, seconds: number) => {
  const principal = (request as { user?: Authenticated }).user?.principal;
  return {
    request_id: request.id,
    user_id: principal?.user_id,
    key_id: principal?.key_id,
    method: request.method,
    route,
    status,
    ms: Math.round(seconds * 10_000) / 10,
    address: request.ip,
  } satisfies Partial<ReturnType<typeof callFields>> & Record<string, unknown>;
};

/** JSON, parsed by Fastify's own parser (which refuses `__proto__`); an empty body is no body whatever its type says. */
function parseJsonBodies(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    parse(request, body as string, (error, value) => (error ? done(malformedJson(error)) : done(null, value)));
  });
}

const malformedJson = (cause: Error) =>
  new AppError('VALIDATION_FAILED', {
    details: 'The body is not valid JSON',
    data: { fields: [{ path: 'body', problem: 'must be valid JSON' }] },
    cause,
  });
