import * as auth from './auth.routes';
import type { RouteContract } from './define-route';
import * as generations from './generation.routes';
import * as vault from './vault.routes';

/** Every public route: the gateway's handlers, the OpenAPI document and the completeness tests are made from this list. */
export const routes: readonly RouteContract[] = [auth, generations, vault].flatMap((file) =>
  Object.values(file as Record<string, RouteContract>),
);

export * from './auth.routes';
export * from './define-route';
export * from './generation.routes';
export * from './vault.routes';
