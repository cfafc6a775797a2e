import type { RouteContract } from '@musicgen/platform-contracts';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { defer, from, lastValueFrom, type Observable } from 'rxjs';
import type { Authenticated } from '../authentication/authenticated';
import { ROUTE } from '../http/route-metadata';
import type { Creation } from './creation';
import { digest, readIdempotencyKey } from './idempotency-key';
import { IdempotencyService, type Success } from './idempotency.service';

type CreatingRequest = FastifyRequest & { user: Authenticated; creation?: Creation };

/** Of the handler's own headers, those that belong to the resource and not to the one request. */
const keptHeaders = ['location'];

/** On routes that create something: a request with an Idempotency-Key is performed once. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly idempotency: IdempotencyService,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<CreatingRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const contract = this.reflector.get<RouteContract>(ROUTE, context.getHandler());
    const idempotencyKey = readIdempotencyKey(request.headers['idempotency-key']);
    if (idempotencyKey === undefined) return next.handle();
    const asked = {
      principal: request.user.principal,
      route: `${contract.method} ${contract.path}`,
      idempotencyKey,
      fingerprint: fingerprintOf(request),
      creates: contract.creates!,
    };
    const perform = async (creation: Creation): Promise<Success> => {
      request.creation = creation;
      const body: unknown = await lastValueFrom(next.handle());
      return { kind: 'success', headers: headersOf(reply), body };
    };
    const onReplay = () => void reply.header('idempotent-replayed', 'true');
    return defer(() => from(this.answer(reply, this.idempotency.perform(asked, perform, onReplay))));
  }

  private async answer(reply: FastifyReply, performed: Promise<Success>): Promise<unknown> {
    const { headers, body } = await performed;
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
