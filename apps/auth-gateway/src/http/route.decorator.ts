import type { AnswerOf, RouteContract } from '@musicgen/platform-contracts';
import { SetMetadata } from '@nestjs/common';
import type { Input } from './input';

/** Metadata key of a handler's route contract. */
export const ROUTE = 'route';

type Handler<R extends RouteContract> = (input: Input<R>) => Promise<AnswerOf<R>> | AnswerOf<R>;

/** Makes a method the handler of a route: method, path, status, access and schemas all come from the contract. */
export const Route =
  <R extends RouteContract>(contract: R) =>
  <M extends Handler<R>>(target: object, key: string, descriptor: TypedPropertyDescriptor<M>) => {
    SetMetadata(ROUTE, contract)(target, key, descriptor);
  };
