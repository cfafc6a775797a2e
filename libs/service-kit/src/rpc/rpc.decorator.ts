import { AppError, invalidFields } from '@musicgen/error-codes';
import type {
  PlatformId,
  PlatformRpc,
  Principal,
  RequestOf,
  ResponseOf,
  RpcContract,
} from '@musicgen/platform-contracts';
import { MessagePattern } from '@nestjs/microservices';
import type { z } from 'zod';
import type { Call } from './call';
import { problemOf } from './problems';

/** Answers a message: its body, not yet checked, and its call. */
export type Answerer = (body: unknown, call: Call) => unknown;

/** What Nest is given as the handler of a subject: it makes the one that answers. */
export type Binding = (subject: string) => Answerer;

type Handler<C extends RpcContract> = (
  request: RequestOf<C>,
  call: Call<C['principal'] extends 'none' ? Principal | undefined : Principal>,
) => Promise<ResponseOf<C>> | ResponseOf<C>;

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
  // Nest calls it once per subject, when the service starts: what Nest does around a handler, anew for each message, costs
  // more than most answers do, and makes every error 'Internal server error'.
  descriptor.value = function (this: unknown, subject: string): Answerer {
    const { principal, request } = bySubject.get(subject)!;
    const platform = platformOf(subject);
    return (body, call) => {
      if (principal === 'required' && !call.principal) throw new AppError('AUTHENTICATION_REQUIRED');
      return handle.call(this, checked(request, body), call, platform);
    };
  } satisfies Binding;
  MessagePattern([...bySubject.keys()])(target, key, descriptor);
}

/** Throws VALIDATION_FAILED. Only what is wrong is asked in whose words: zod is twenty times as fast without. */
function checked(schema: z.ZodType, body: unknown): unknown {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw validationFailed(schema.safeParse(body, { error: problemOf }).error ?? parsed.error);
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
  return invalidFields(fields);
}

const path = (parts: PropertyKey[], prefix?: string) =>
  [...(prefix ? [prefix] : []), ...parts].map(String).join('.').slice(0, 200) || 'body';
