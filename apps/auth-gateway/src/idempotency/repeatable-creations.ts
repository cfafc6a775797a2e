import type { RouteContract } from '@musicgen/platform-contracts';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticated } from '../authentication/authenticated';
import { newCreation, type Creation } from './creation';
import { digest, readIdempotencyKey } from './idempotency-key';
import { IdempotencyService, type Success } from './idempotency.service';

/** Of the handler's own headers, those that belong to the resource and not to the one request. */
const keptHeaders = ['location'];

/** On routes that create something: a request with an Idempotency-Key is performed once. */
@Injectable()
export class RepeatableCreations {
  constructor(private readonly idempotency: IdempotencyService) {}

  /** The body that `create` answers, or answered when the request came first. Throws what the request is refused with. */
  async answer(
    contract: RouteContract,
    request: FastifyRequest & { user?: Authenticated },
    reply: FastifyReply,
    create: (creation: Creation) => unknown,
  ): Promise<unknown> {
    const idempotencyKey = readIdempotencyKey(request.headers['idempotency-key']);
    if (idempotencyKey === undefined) return create(newCreation(contract.creates!));
    const asked = {
      principal: request.user!.principal,
      route: `${contract.method} ${contract.path}`,
      idempotencyKey,
      fingerprint: fingerprintOf(request),
      creates: contract.creates!,
    };
    const perform = async (creation: Creation): Promise<Success> => {
      const body: unknown = await create(creation);
      return { kind: 'success', headers: headersOf(reply), body };
    };
    const onReplay = () => void reply.header('idempotent-replayed', 'true');
    const { headers, body } = await this.idempotency.perform(asked, perform, onReplay);
    reply.headers(headers);
    return body;
  }
}

/** The same request is the same text, sent to the same address. */
const fingerprintOf = ({ url, body }: FastifyRequest) => digest(url, typeof body === 'string' ? body : '');

const headersOf = (reply: FastifyReply) =>
  Object.fromEntries(
    keptHeaders.filter((name) => reply.hasHeader(name)).map((name) => [name, String(reply.getHeader(name))]),
  );
