import type { ErrorCode } from '@musicgen/error-codes';
import type { z } from 'zod';
import type { IdPrefix } from '../ids';
import type { Permission } from '../principal';

/** Who may use a route. `session` is a password session; a permission is what an API key needs (a session has all). */
export type Access = 'anonymous' | 'session' | 'admin' | Permission;

type ObjectSchema = z.ZodObject<z.ZodRawShape>;

/** One public HTTP route: the gateway's handlers, the OpenAPI document and the tests are made from it. */
export interface RouteContract<
  P extends ObjectSchema = ObjectSchema,
  Q extends ObjectSchema = ObjectSchema,
  B extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
> {
  /** camelCase, unique; the OpenAPI operationId. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As OpenAPI writes it: `/v1/generate/{id}`. */
  readonly path: string;
  readonly access: Access;
  /**
   * Who is counted for it, if not the caller or his address: nobody, or whom its handler names once it knows what the
   * request proves (a right password, a refresh token); a request that proves nothing is its client address's.
   */
  readonly counted?: 'never' | 'by-handler';
  readonly tag: string;
  readonly summary: string;
  /** A parameter that does not fit names nothing: 404. */
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly status: number;
  /**
   * A POST that makes a new resource of this kind: it takes an `Idempotency-Key`, and its handler is given the resource's id,
   * so that a repeat ends in the same resource.
   */
  readonly creates?: IdPrefix;
  /** Absent: the answer has no body (204), or is a file (`produces`). */
  readonly response?: R;
  readonly produces?: readonly string[];
  /** Browsers get a page with the same content, or are sent on; JSON is for who asks for it. */
  readonly isPage?: true;
  /** Beyond those that any route can answer. */
  readonly errors: readonly ErrorCode[];
  readonly example?: { body?: unknown; response?: unknown };
}

export type ParamsOf<R extends RouteContract> = R['params'] extends z.ZodType ? z.infer<R['params']> : undefined;
export type QueryOf<R extends RouteContract> = R['query'] extends z.ZodType ? z.infer<R['query']> : undefined;
export type BodyOf<R extends RouteContract> = R['body'] extends z.ZodType ? z.infer<R['body']> : undefined;
export type AnswerOf<R extends RouteContract> = R['response'] extends z.ZodType ? z.input<R['response']> : void;

/** Declares a route; keeps the exact types of its schemas. */
export const defineRoute = <const R extends RouteContract>(route: R): R => route;
