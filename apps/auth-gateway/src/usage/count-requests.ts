import type { RouteContract } from '@musicgen/platform-contracts';
import type { FastifyInstance } from 'fastify';
import type { Noting } from '../http/request-log';
import type { RequestCountingService } from './request-counting.service';

/** Counts what is answered to whoever is known, and stores the rest when the last request is answered. */
export function countRequests(fastify: FastifyInstance, counting: RequestCountingService): Noting {
  fastify.addHook('onClose', () => counting.store());
  const names = new Map<RouteContract, string>();
  return ({ principal }, contract, status) => {
    if (!contract) return;
    let name = names.get(contract);
    if (name === undefined) names.set(contract, (name = `${contract.method} ${contract.path}`));
    counting.count(principal, name, status);
  };
}
