import type { RouteContract } from '@musicgen/platform-contracts';
import type { FastifyInstance } from 'fastify';
import type { Authenticated } from '../authentication/authenticated';
import type { RequestCountingService } from './request-counting.service';

/** Counts what is answered to whoever is known, and stores the rest when the last request is answered. */
export function countRequests(fastify: FastifyInstance, counting: RequestCountingService): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const { user } = request as { user?: Authenticated };
    const { contract } = request.routeOptions.config as { contract?: RouteContract };
    if (user && contract) counting.count(user.principal, `${contract.method} ${contract.path}`, reply.statusCode);
    done();
  });
  fastify.addHook('onClose', async () => {
    await counting.store();
  });
}
