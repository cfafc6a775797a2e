import { z } from 'zod';
import { id } from '../ids';
import { platformIds, platforms } from '../platforms';
import { platformId } from '../resources/credential';
import { issuedToken, tokenInfo, tokenKinds } from '../resources/token';
import { connectorOf, definePlatformRpc, defineRpc } from './define-rpc';

const one = z.strictObject({ id: id('cred') });

const wish = {
  kind: z.enum(tokenKinds).default('user'),
  /** The version of a token that the platform has refused: it, or one before it, is not issued again. */
  rejected: z.int().min(0).optional(),
};

const failures = [
  'NOT_FOUND',
  'NO_ACTIVE_CREDENTIAL',
  'REAUTHORIZATION_REQUIRED',
  'CREDENTIAL_INVALID',
  'TOKEN_REFRESH_FAILED',
  'VALIDATION_FAILED',
  'INSUFFICIENT_PERMISSIONS',
] as const;

/** A renewal, and one that another replica was killed in: see the lock's time. */
const timeoutMs = 28_000;

/**
 * A valid access token, of the active credential unless one is named: the stored one while more than five minutes are left,
 * else a new one. All who ask at the same time get the same; the platform is asked once. The principal needs a permission
 * for the platform.
 */
export const issueToken = definePlatformRpc({
  subject: 'vault.v1.token.issue',
  platforms: platformIds.filter((platform) => platforms[platform].auth.type === 'oauth2' && connectorOf(platform)),
  callers: (platform) => [connectorOf(platform)!],
  request: z.strictObject({ credential_id: id('cred').optional(), ...wish }),
  response: issuedToken,
  errors: failures,
  timeoutMs,
});

/** The same for the public API, for any platform with tokens. The principal needs `credentials:token`. */
export const issueTokenToUser = defineRpc({
  subject: 'vault.v1.token.issue_to_user',
  callers: ['auth'],
  request: z
    .strictObject({ platform: platformId.optional(), credential_id: id('cred').optional(), ...wish })
    .refine(({ platform, credential_id }) => (platform === undefined) !== (credential_id === undefined), {
      path: ['platform'],
      message: 'give either platform or credential_id',
    }),
  response: issuedToken,
  errors: failures,
  timeoutMs,
});

/** Expiry, scopes, last and next refresh of the user's token; never the token. */
export const describeToken = defineRpc({
  subject: 'vault.v1.token.describe',
  callers: ['auth'],
  request: one,
  response: tokenInfo,
  errors: ['NOT_FOUND', 'VALIDATION_FAILED', 'INSUFFICIENT_PERMISSIONS'],
});

/** Renews the user's token now, also one that would last; not before the platform's own Retry-After. */
export const refreshToken = defineRpc({
  subject: 'vault.v1.token.refresh',
  callers: ['auth'],
  request: one,
  response: tokenInfo,
  errors: failures,
  timeoutMs,
});
