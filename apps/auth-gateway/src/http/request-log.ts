import type { RouteContract } from '@musicgen/platform-contracts';
import { httpSeconds, plainLines, redactText, type Logger, type PlainLines } from '@musicgen/service-kit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Authenticated } from '../authentication/authenticated';

/** Takes note of what was answered to somebody known. */
export type Noting = (who: Authenticated, contract: RouteContract | undefined, status: number) => void;

/** One line and one measurement for each request that was answered, and what else is noted of it. */
export function logRequests(fastify: FastifyInstance, logger: Logger, isLogged: boolean, ...notings: Noting[]): void {
  const write = isLogged ? plainLines(logger, 'info', 'request') : null;
  // Probes ask every second and say nothing.
  const writeProbe = isLogged ? plainLines(logger, 'debug', 'request') : null;
  fastify.addHook('onResponse', (request, reply, done) => {
    const { url: route = 'unknown', config } = request.routeOptions;
    const { user: who } = request as { user?: Authenticated };
    const { statusCode, elapsedTime: ms } = reply;
    if (who) for (const note of notings) note(who, (config as { contract?: RouteContract }).contract, statusCode);
    httpSeconds.observe(route, statusClasses[Math.floor(statusCode / 100)]!, ms / 1000);
    const lines = route.startsWith('/health/') ? writeProbe : write;
    if (lines) writeLine(lines, request, route, statusCode, ms);
    done();
  });
}

const statusClasses = ['0xx', '1xx', '2xx', '3xx', '4xx', '5xx'];

const plainAddress = /^[0-9a-f.:]+$/i;

/**
 * The route's pattern, never the path: paths hold ids, and some of them secrets. What the client chose himself, his request
 * id and what a trusted proxy says of his address, is looked through and quoted; the rest is ours.
 */
function writeLine(write: PlainLines, request: FastifyRequest, route: string, status: number, ms: number): void {
  const { id, ip, method } = request;
  const principal = (request as { user?: Authenticated }).user?.principal;
  const requestId = id.startsWith('req_') ? id : redactText(id);
  const address = plainAddress.test(ip) ? `"${ip}"` : JSON.stringify(redactText(ip));
  const user = principal === undefined ? '' : `"user_id":"${principal.user_id}",`;
  const key = principal?.key_id === undefined ? '' : `"key_id":"${principal.key_id}",`;
  write(
    `"request_id":"${requestId}",${user}${key}"method":"${method}","route":${JSON.stringify(route)},` +
      `"status":${status},"ms":${Math.round(ms * 10) / 10},"address":${address},`,
  );
}
