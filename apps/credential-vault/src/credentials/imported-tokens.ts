import { AppError } from '@musicgen/error-codes';
import { importedTokens } from '@musicgen/platform-contracts';
import type { TokenAnswer } from '../oauth/oauth-client';

type Fields = Record<string, unknown>;

/**
 * Sets apart the tokens that came with a credential's fields: they become its grant, as if the platform had just sent them.
 * Throws VALIDATION_FAILED.
 */
export function takeTokens(fields: Fields): { rest: Fields; tokens: TokenAnswer | null } {
  const isToken = (name: string) => Object.hasOwn(importedTokens, name);
  const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => !isToken(name)));
  const { access_token: accessToken, refresh_token: refreshToken, token_expiry: expiry } = fields;
  if (expiry !== undefined && accessToken === undefined)
    throw refused('token_expiry', 'comes together with access_token');
  if (accessToken === undefined && refreshToken === undefined) return { rest, tokens: null };
  const tokens = {
    accessToken: String(accessToken ?? ''),
    ...(refreshToken !== undefined && { refreshToken: String(refreshToken) }),
    expiresAt: expiry === undefined ? endIfUnsaid(refreshToken !== undefined) : new Date(String(expiry)),
  };
  return { rest, tokens };
}

/** Tokens that are there are not taken away field by field. */
export function refuseToClear(changes: Fields): void {
  const name = Object.keys(importedTokens).find((token) => changes[token] === null);
  if (name) throw refused(name, 'cannot be taken away alone: DELETE /v1/credentials/{id}/token drops all tokens');
}

/** Renewed before its first use; what cannot be renewed is used until it is refused. */
const endIfUnsaid = (isRenewable: boolean) => (isRenewable ? new Date(0) : null);

const refused = (name: string, problem: string) =>
  new AppError('VALIDATION_FAILED', {
    details: `fields.${name} ${problem}`,
    data: { fields: [{ path: `fields.${name}`, problem }] },
  });
