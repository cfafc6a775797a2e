import { AppError } from '@musicgen/error-codes';
import type { Principal, RequestOf, ResponseOf, RpcContract } from '@musicgen/platform-contracts';
import { Catch, UseFilters, type ExceptionFilter } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { throwError } from 'rxjs';
import type { z } from 'zod';
import { newTraceparent, type Call } from './call';

/** What the transport hands to a handler: the message's body, not yet checked, and its call. */
export interface Incoming {
  body: unknown;
  call: Call;
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

/** Marks the method that answers a contract; the request is checked here, and so is that it acts for somebody. */
export const Rpc =
  <C extends RpcContract>(contract: C) =>
  <M extends Handler<C>>(target: object, key: string, descriptor: TypedPropertyDescriptor<M>) => {
    const handle = descriptor.value as unknown as (request: unknown, call: Call) => unknown;
    const checked = function (this: unknown, { body, call }: Incoming) {
      if (contract.principal === 'required' && !call.principal) throw new AppError('AUTHENTICATION_REQUIRED');
      const parsed = contract.request.safeParse(body);
      if (!parsed.success) throw validationFailed(parsed.error);
      return handle.call(this, parsed.data, { ...call, traceparent: nextSpan(call.traceparent) });
    };
    descriptor.value = checked as never;
    // On the method: a global filter would be set after Nest has bound the handlers, and never be asked.
    UseFilters(new PassErrorsFilter())(target, key, descriptor as PropertyDescriptor);
    MessagePattern(contract.subject)(target, key, descriptor as PropertyDescriptor);
  };

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
