import * as artefacts from './artefact.routes';
import * as account from './account.routes';
import * as admin from './admin.routes';
import * as auth from './auth.routes';
import type { RouteContract } from './define-route';
import * as generations from './generation.routes';
import * as oauth from './oauth.routes';
import * as tokens from './token.routes';
import * as validation from './vault-validation.routes';
import * as vault from './vault.routes';
import * as vaultAdmin from './vault-admin.routes';
import * as webhooks from './webhook.routes';

/** Every public route: the gateway's handlers, the OpenAPI document and the completeness tests are made from this list. */
export const routes: readonly RouteContract[] = [
  auth,
  account,
  admin,
  generations,
  artefacts,
  vault,
  validation,
  oauth,
  tokens,
  webhooks,
  vaultAdmin,
].flatMap((file) => Object.values(file as Record<string, RouteContract>));

export * from './artefact.routes';
export * from './account.routes';
export * from './admin.routes';
export * from './auth.routes';
export * from './define-route';
export * from './generation.routes';
export * from './oauth.routes';
export * from './token.routes';
export * from './vault-validation.routes';
export * from './vault.routes';
export * from './webhook.routes';
export * from './vault-admin.routes';
