import { AppError } from '@musicgen/error-codes';
import type { BodyOf, IdPrefix, ParamsOf, Principal, QueryOf, RouteContract } from '@musicgen/platform-contracts';
import { isTraceparent, newTraceparent, problemOf, validationFailed, type Call } from '@musicgen/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Authenticated } from '../authentication/authenticated';
import type { Creation } from '../idempotency/creation';
import { readJsonBody } from './json-body';

const answerWithinMs = 30_000;

/** A request that passed the guard, checked against its contract. */
export interface Input<R extends RouteContract> {
  params: ParamsOf<R>;
  query: QueryOf<R>;
  body: BodyOf<R>;
  /** Who asks; on anonymous routes there is nobody. */
  authenticated: R['access'] extends 'anonymous' ? undefined : Authenticated;
  /** Of the resource that a creating route makes: not to be chosen by its handler. */
  creation: R extends { creates: IdPrefix } ? Creation : undefined;
  call: Call<R['access'] extends 'anonymous' ? undefined : Principal>;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** Where a contract names no query or body, there must be none: a field that changes nothing is a mistake. */
const nothing = z.strictObject({});

/** Throws VALIDATION_FAILED; NOT_FOUND for a parameter that fits no resource. */
export function readInput(
  contract: RouteContract,
  request: FastifyRequest & { user?: Authenticated },
  reply: FastifyReply,
  creation?: Creation,
): Input<RouteContract> {
  const authenticated = request.user;
  return {
    params: readParams(contract, request.params),
    query: isNothing(contract.query, request.query) ? {} : read(contract.query ?? nothing, request.query, 'query'),
    body: isNothing(contract.body, request.body) ? {} : read(contract.body ?? nothing, readJsonBody(request), ''),
    authenticated,
    creation,
    call: callOf(request, authenticated?.principal),
    request,
    reply,
  } as Input<RouteContract>;
}

/** Neither expected nor there: the most usual case, and no schema has to be asked. */
function isNothing(schema: z.ZodType | undefined, given: unknown): boolean {
  if (schema) return false;
  for (const _ in given as object | undefined) return false;
  return true;
}

/** A parameter that fits no resource names nothing. */
function readParams({ params }: RouteContract, given: unknown): unknown {
  const parsed = params?.safeParse(given);
  if (parsed && !parsed.success) throw new AppError('NOT_FOUND');
  return parsed?.data;
}

function read(schema: z.ZodType, given: unknown, name: 'query' | ''): unknown {
  const parsed = schema.safeParse(given, { error: problemOf });
  if (!parsed.success) throw validationFailed(parsed.error, name || undefined);
  return parsed.data;
}

function callOf(request: FastifyRequest, principal: Principal | undefined): Call {
  const given = request.headers.traceparent;
  return {
    principal,
    requestId: request.id,
    traceparent: typeof given === 'string' && isTraceparent(given) ? given : newTraceparent(),
    deadline: Date.now() + answerWithinMs,
  };
}
