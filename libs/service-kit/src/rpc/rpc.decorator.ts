import { AppError } from '@musicgen/error-codes';
import type {
  PlatformId,
  PlatformRpc,
  Principal,
  RequestOf,
  ResponseOf,
  RpcContract,
} from '@musicgen/platform-contracts';
import { Catch, UseFilters, type ExceptionFilter } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { throwError } from 'rxjs';
import type { z } from 'zod';
import { newTraceparent, type Call } from './call';
import { problemOf } from './problems';

/** What the transport hands to a handler: the message's body, not yet checked, and its call. */
export interface Incoming {
  body: unknown;
  call: Call;
  subject: string;
}

type Handler<C extends RpcContract> = (
  request: RequestOf<C>,
  call: Call<C['principal'] extends 'none' ? Principal | undefined : Principal>,
) => Promise<ResponseOf<C>> | ResponseOf<C>;

/** Lets errors reach the transport as they are; Nest's own filter would make each of them 'Internal server error'. */
@Catch()
class PassErrorsFilter implements ExceptionFilter {
  catch(error: unknown) {
    return throwError(() => error);
  }
}

type ContractOf<F extends PlatformRpc> = F['contracts'][number];

type PlatformHandler<C extends RpcContract> = (
  request: RequestOf<C>,
  call: Call<C['principal'] extends 'none' ? Principal | undefined : Principal>,
  platform: PlatformId,
) => Promise<ResponseOf<C>> | ResponseOf<C>;

/** Marks the method that answers a contract; the request is checked here, and so is that it acts for somebody. */
export const Rpc =
  <C extends RpcContract>(contract: C) =>
  <M extends Handler<C>>(target: object, key: string, descriptor: TypedPropertyDescriptor<M>) =>
    answer([contract], () => undefined, target, key, descriptor);

/** Marks the method that answers a contract for each of its platforms; which one was asked for says the subject. */
export const PlatformRpcs =
  <F extends PlatformRpc>(family: F) =>
  <M extends PlatformHandler<ContractOf<F>>>(target: object, key: string, descriptor: TypedPropertyDescriptor<M>) =>
    answer(family.contracts, (subject) => family.platformOf(subject), target, key, descriptor);

function answer(
  contracts: readonly RpcContract[],
  platformOf: (subject: string) => PlatformId | undefined,
  target: object,
  key: string,
  descriptor: PropertyDescriptor,
): void {
  const handle = descriptor.value as (request: unknown, call: Call, platform?: PlatformId) => unknown;
  const bySubject = new Map(contracts.map((contract) => [contract.subject, contract]));
  const checked = function (this: unknown, { body, call, subject }: Incoming) {
    const contract = bySubject.get(subject)!;
    if (contract.principal === 'required' && !call.principal) throw new AppError('AUTHENTICATION_REQUIRED');
    const parsed = contract.request.safeParse(body, { error: problemOf });
    if (!parsed.success) throw validationFailed(parsed.error);
    return handle.call(this, parsed.data, { ...call, traceparent: nextSpan(call.traceparent) }, platformOf(subject));
  };
  descriptor.value = checked;
  // On the method: a global filter would be set after Nest has bound the handlers, and never be asked.
  UseFilters(new PassErrorsFilter())(target, key, descriptor);
  MessagePattern([...bySubject.keys()])(target, key, descriptor);
}

/** So many wrong fields are named; more tell nobody anything, and the answer must fit into a message. */
const fieldsNamedMax = 20;

/** VALIDATION_FAILED that names the fields that are wrong, unknown ones included. */
export function validationFailed(error: z.ZodError, prefix?: string): AppError {
  const fields = error.issues
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ path: path([...issue.path, key], prefix), problem: 'is not a known field' }))
        : [{ path: path(issue.path, prefix), problem: issue.message }],
    )
    .slice(0, fieldsNamedMax);
  const details = fields.map((field) => `${field.path}: ${field.problem}`).join('; ');
  return new AppError('VALIDATION_FAILED', { details, data: { fields } });
}

const path = (parts: PropertyKey[], prefix?: string) =>
  [...(prefix ? [prefix] : []), ...parts].map(String).join('.').slice(0, 200) || 'body';

const nextSpan = (traceparent: string) =>
  `${traceparent.slice(0, 36)}${newTraceparent().slice(36, 52)}${traceparent.slice(52)}`;
