import { AppError } from '@musicgen/error-codes';
import type { RouteContract } from '@musicgen/platform-contracts';
import { ConfigError, isRequestId, newId, type Logger } from '@musicgen/service-kit';
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
import { bindRoutes } from './bind-routes';
import { answerBrokenRequest } from './broken-request';
import { allowOrigins } from './cors';
import { ErrorsFilter } from './errors.filter';
import { GatewayResponse, responseOf } from './gateway-response';
import { plainHttp } from './https';
import { ImpossibleKeys } from './impossible-keys';
import { forgetTypeOfNothing, takeRawBodies } from './json-body';
import { logRequests } from './request-log';
import { httpsHeaders, securityHeaders } from './security-headers';

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
    http: { ServerResponse: GatewayResponse },
    genReqId: requestIdOf as never,
    trustProxy: trustedProxies.length > 0 ? trustedProxies : false,
    routerOptions: { maxParamLength: 300 },
    // For Express middlewares, of which there are none: a hook of every request.
    skipMiddie: true,
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
      void counted.then((limits = '') => answerBrokenRequest(error, socket, limits));
    },
  });
}

/** Hooks and parsers of every request, the routes of the contracts, and the one filter of errors. */
export async function configureHttp(app: NestFastifyApplication, logger: Logger, config: Config): Promise<void> {
  const limits = app.get(RateLimitsService);
  const refusals = app.get(Refusals);
  const errors = new ErrorsFilter(logger, limits, refusals);
  app.useGlobalFilters(errors);
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  beforeRouting.set(fastify, { errors, limits });
  takeRawBodies(fastify);
  showLimits(fastify, limits);
  refusals.storeAtEnd(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    forgetTypeOfNothing(request);
    setHeaders(request, reply);
    const plain = plainHttp(request, config.publicUrl);
    if (plain === 'allowed') return done();
    if (plain === 'refused') return void errors.answer(new AppError('HTTPS_REQUIRED'), request, reply);
    void limits.count(request.ip).then((lines) => {
      responseOf(reply).limits = lines;
      reply.redirect(plain.redirect, 308);
    });
  });
  allowOrigins(app, config.corsOrigins);
  const noteUse = app.get(SessionUsesService).watch(fastify);
  const noteRequest = countRequests(fastify, app.get(RequestCountingService));
  logRequests(fastify, logger, config.requestLog, noteUse, noteRequest);
  bindRoutes(app, { guard: app.get(PrincipalGuard), keys: new ImpossibleKeys(limits, refusals), errors });
}

/** Health, metrics and documents, which nobody is counted for. */
function showLimits(fastify: FastifyInstance, limits: RateLimitsService): void {
  fastify.addHook('onRoute', (route) => {
    if ((route.config as { contract?: RouteContract } | undefined)?.contract) return;
    route.preHandler = (request, reply, done) => {
      responseOf(reply).limits = limits.show(request.ip);
      done();
    };
  });
}

/** What answers before a route is found, where there are no hooks and no Nest. */
const beforeRouting = new WeakMap<FastifyInstance, { errors: ErrorsFilter; limits: RateLimitsService }>();

function setHeaders(request: FastifyRequest, reply: FastifyReply): void {
  const response = responseOf(reply);
  response.defaults = request.protocol === 'https' ? httpsHeaders : securityHeaders;
  response.requestId = request.id;
}

function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && isRequestId(given) ? given : newId('req');
}
