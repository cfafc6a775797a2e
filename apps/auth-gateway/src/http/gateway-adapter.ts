import { AppError } from '@musicgen/error-codes';
import type { RouteContract } from '@musicgen/platform-contracts';
import { ConfigError, newId, type Logger } from '@musicgen/service-kit';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { PrincipalGuard } from '../authentication/principal.guard';
import { Refusals } from '../audit/refusals.service';
import { configProblems, type Config } from '../config';
import { RateLimitsService } from '../rate-limits/rate-limits.service';
import { countRequests } from '../usage/count-requests';
import { RequestCountingService } from '../usage/request-counting.service';
import { SessionUsesService } from '../sessions/session-uses.service';
import { answerBrokenRequest } from './broken-request';
import { allowOrigins } from './cors';
import { ErrorsFilter } from './errors.filter';
import { plainHttp } from './https';
import { ImpossibleKeys } from './impossible-keys';
import { takeRawBodies } from './json-body';
import { logRequests } from './request-log';
import { securityHeaders } from './security-headers';

const requestIdForm = /^[A-Za-z0-9_-]{8,64}$/;

/** For a request to arrive whole, its body included. */
const requestWithinMs = 60_000;

/**
 * Fastify as the gateway needs it: our request ids, no client address but the socket's unless a proxy is trusted, and our
 * words for requests that are refused before a route is found. Throws `ConfigError`.
 */
export function gatewayAdapter(config: Config): FastifyAdapter {
  const problems = configProblems(config);
  if (problems.length > 0) throw new ConfigError(problems);
  const { trustedProxies } = config;
  return new FastifyAdapter({
    genReqId: requestIdOf as never,
    trustProxy: trustedProxies.length > 0 ? trustedProxies : false,
    routerOptions: { maxParamLength: 300 },
    requestTimeout: requestWithinMs,
    // While it stops, what still arrives is answered as ever, not with Fastify's own 503.
    return503OnClosing: false,
    // A path that is no path (bad percent-encoding, endless parameter) names nothing.
    frameworkErrors(cause: Error, request: FastifyRequest, reply: FastifyReply) {
      setHeaders(request, reply);
      void beforeRouting.get(request.server)?.errors.answer(new AppError('NOT_FOUND', { cause }), request, reply);
    },
    clientErrorHandler(this: FastifyInstance, error, socket) {
      const counted = Promise.resolve(beforeRouting.get(this)?.limits.count(socket.remoteAddress ?? ''));
      const answer = (limits: object) =>
        answerBrokenRequest(error, socket, { ...securityHeaders, ...limits, 'x-request-id': newId('req') });
      void counted.then((limits = {}) => answer(limits));
    },
  });
}

/** Hooks and parsers of every request, and the one filter of errors. */
export async function configureHttp(app: NestFastifyApplication, logger: Logger, config: Config): Promise<void> {
  const limits = app.get(RateLimitsService);
  const refusals = app.get(Refusals);
  const errors = new ErrorsFilter(logger, limits, refusals);
  app.useGlobalFilters(errors);
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  beforeRouting.set(fastify, { errors, limits });
  takeRawBodies(fastify);
  guardRoutes(fastify, app.get(PrincipalGuard), new ImpossibleKeys(limits, refusals), errors);
  refusals.storeAtEnd(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    setHeaders(request, reply);
    const plain = plainHttp(request, config.publicUrl);
    if (plain === 'allowed') return done();
    if (plain === 'refused') return void errors.answer(new AppError('HTTPS_REQUIRED'), request, reply);
    void limits.count(request.ip).then((headers) => reply.headers(headers).redirect(plain.redirect, 308));
  });
  allowOrigins(app, config.corsOrigins);
  const noteUse = app.get(SessionUsesService).watch(fastify);
  const noteRequest = countRequests(fastify, app.get(RequestCountingService));
  logRequests(fastify, logger, config.requestLog, noteUse, noteRequest);
}

/** Before Nest: its guards cost more than what is done here for somebody who is known. */
function guardRoutes(
  fastify: FastifyInstance,
  guard: PrincipalGuard,
  keys: ImpossibleKeys,
  errors: ErrorsFilter,
): void {
  fastify.addHook('preHandler', (request, reply, done) => {
    if (request.is404) return done();
    const refuse = (error: unknown) => void errors.answer(error, request, reply);
    try {
      const { contract } = request.routeOptions.config as { contract?: RouteContract };
      if (keys.refuse(contract, request, reply)) return;
      const waiting = guard.admit(contract, request, reply);
      if (waiting) waiting.then(() => done(), refuse);
      else done();
    } catch (error) {
      refuse(error);
    }
  });
}

/** What answers before a route is found, where there are no hooks and no Nest. */
const beforeRouting = new WeakMap<FastifyInstance, { errors: ErrorsFilter; limits: RateLimitsService }>();

function setHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(securityHeaders);
  reply.header('x-request-id', request.id);
}

function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && requestIdForm.test(given) ? given : newId('req');
}
