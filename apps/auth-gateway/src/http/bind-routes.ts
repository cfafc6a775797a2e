import type { RouteContract } from '@musicgen/platform-contracts';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isPromise } from 'node:util/types';
import type { PrincipalGuard } from '../authentication/principal.guard';
import type { Creation } from '../idempotency/creation';
import { RepeatableCreations } from '../idempotency/repeatable-creations';
import type { ErrorsFilter } from './errors.filter';
import type { ImpossibleKeys } from './impossible-keys';
import { readInput, type Input } from './input';
import { ROUTE } from './route.decorator';

type Handle = (input: Input<RouteContract>) => unknown;
type Perform = (request: FastifyRequest, reply: FastifyReply) => unknown;

/**
 * Puts the handlers of all contracts on Fastify, past Nest's router: guards, pipes and interceptors of a framework cost more
 * than all that is done here for somebody who is known.
 */
export function bindRoutes(
  app: NestFastifyApplication,
  { guard, keys, errors }: { guard: PrincipalGuard; keys: ImpossibleKeys; errors: ErrorsFilter },
): void {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const creations = app.get(RepeatableCreations);
  for (const [contract, handle] of handlersOf(app)) {
    const perform: Perform = contract.creates
      ? (request, reply) => {
          const create = (creation: Creation) => handle(readInput(contract, request, reply, creation));
          return creations.answer(contract, request, reply, create);
        }
      : (request, reply) => handle(readInput(contract, request, reply));
    const later = async (waiting: Promise<unknown>, request: FastifyRequest, reply: FastifyReply) => {
      try {
        send(await waiting, reply);
      } catch (error) {
        void errors.answer(error, request, reply);
      }
    };
    fastify.route({
      method: contract.method,
      url: contract.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      config: { contract },
      handler(request, reply) {
        try {
          if (keys.refuse(contract, request, reply)) return;
          reply.code(contract.status);
          const waiting = guard.admit(contract, request, reply);
          const answer = waiting ? waiting.then(() => perform(request, reply)) : perform(request, reply);
          if (isPromise(answer)) void later(answer, request, reply);
          else send(answer, reply);
        } catch (error) {
          void errors.answer(error, request, reply);
        }
      },
    });
  }
}

/** Unless the handler has sent it by itself: a file, a stream, a page. */
const send = (answer: unknown, reply: FastifyReply) => void (reply.sent || reply.send(answer));

function handlersOf(app: NestFastifyApplication): [RouteContract, Handle][] {
  const scanner = new MetadataScanner();
  return app
    .get(DiscoveryService)
    .getControllers()
    .map(({ instance }) => instance as Record<string, Handle>)
    .flatMap((controller) =>
      scanner.getAllMethodNames(Object.getPrototypeOf(controller) as object).flatMap((name) => {
        const contract = Reflect.getMetadata(ROUTE, controller[name]!) as RouteContract | undefined;
        return contract ? [[contract, controller[name]!.bind(controller)] as [RouteContract, Handle]] : [];
      }),
    );
}
