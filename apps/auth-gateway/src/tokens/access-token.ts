import type { Mode, TierName } from '@musicgen/platform-contracts';
import { type CryptoKey, errors, type JWTHeaderParameters, jwtVerify, SignJWT } from 'jose';
import { type KeyObject, randomBytes } from 'node:crypto';
import { z } from 'zod';

const TYPE = 'at+jwt';
const LENGTH_MAX = 8_192;
const HS256_SECRET_BYTES_MIN = 32;
/** A replica whose clock is behind the signer's must not find the token 'not valid yet'; `exp` stays exact. */
const NOT_BEFORE_LEEWAY_S = 30;

export const ACCESS_TOKEN_LIFETIME_S = 3_600;

type Key = CryptoKey | KeyObject | Uint8Array;

/** By configuration, never by the token (RFC 8725, 3.1). */
export type AccessTokenAlgorithm = 'ES256' | 'HS256';

export interface AccessTokenKeys {
  signing: { kid: string; key: Key };
  verifying: ReadonlyMap<string, Key>;
}

export interface AccessTokenSettings {
  algorithm: AccessTokenAlgorithm;
  issuer: string;
  audience: string;
  /** Read at each use: a rotation changes the answer. */
  keys: () => AccessTokenKeys;
}

/** What the caller says of a session; the claims are information, session and key are asked again on each request. */
export interface AccessTokenSubject {
  sub: string;
  sid: string;
  mode: Mode;
  tier: TierName;
  permissions: readonly string[];
}

const claimsSchema = z.object({
  sub: z.string().min(1),
  sid: z.string().min(1),
  jti: z.string().min(1),
  mode: z.enum(['live', 'test']),
  tier: z.string(),
  permissions: z.array(z.string()),
  iat: z.number(),
  nbf: z.number(),
  exp: z.number(),
});
export type AccessTokenClaims = Readonly<z.infer<typeof claimsSchema>>;

export type AccessTokenVerdict =
  | { kind: 'ok'; claims: AccessTokenClaims }
  /** Genuine in all but time: its user's bucket pays for the request. */
  | { kind: 'expired'; claims: AccessTokenClaims; reason: string }
  | { kind: 'invalid'; reason: string };

/** The one key of HS256 installations. */
export function hs256Keys(secret: string): AccessTokenKeys {
  const key = Buffer.from(secret, 'utf8');
  if (key.length < HS256_SECRET_BYTES_MIN)
    throw new Error(`The secret for HS256 has ${key.length} bytes, it must have at least ${HS256_SECRET_BYTES_MIN}`);
  return { signing: { kid: 'hs256', key }, verifying: new Map([['hs256', key]]) };
}

/** Signs for one hour, as RFC 9068 has it. */
export function signAccessToken(
  settings: AccessTokenSettings,
  subject: AccessTokenSubject,
  now: number,
): Promise<string> {
  const { kid, key } = settings.keys().signing;
  const iat = Math.floor(now / 1000);
  const claims = {
    iss: settings.issuer,
    aud: settings.audience,
    ...subject,
    permissions: [...subject.permissions],
    iat,
    nbf: iat - NOT_BEFORE_LEEWAY_S,
    exp: iat + ACCESS_TOKEN_LIFETIME_S,
    jti: randomBytes(16).toString('base64url'),
  };
  return new SignJWT(claims).setProtectedHeader({ alg: settings.algorithm, kid, typ: TYPE }).sign(key);
}

/** Checks signature, algorithm, type, issuer, audience and time. Never throws for what a token holds. */
export async function verifyAccessToken(
  settings: AccessTokenSettings,
  token: string,
  now: number,
): Promise<AccessTokenVerdict> {
  if (token.length > LENGTH_MAX) return { kind: 'invalid', reason: 'Token is too long' };
  // Only `kid` is read from the header, as a name in our own list; jku, jwk and x5u are never followed.
  const findKey = ({ kid = '' }: JWTHeaderParameters) => {
    const key = settings.keys().verifying.get(kid);
    if (!key) throw new errors.JWKSNoMatchingKey();
    return key;
  };
  try {
    const { payload } = await jwtVerify(token, findKey, {
      algorithms: [settings.algorithm],
      typ: TYPE,
      issuer: settings.issuer,
      audience: settings.audience,
      currentDate: new Date(now),
    });
    return withClaims(payload, (claims) => ({ kind: 'ok', claims }));
  } catch (error) {
    // The library looks at the time last, so that an expired token has passed every other check.
    if (error instanceof errors.JWTExpired)
      return withClaims(error.payload, (claims) => ({
        kind: 'expired',
        claims,
        reason: `Token expired at ${new Date(claims.exp * 1000).toISOString()}`,
      }));
    if (error instanceof errors.JOSEError) return { kind: 'invalid', reason: reasonOf(error) };
    throw error;
  }
}

function withClaims(payload: unknown, verdict: (claims: AccessTokenClaims) => AccessTokenVerdict): AccessTokenVerdict {
  const parsed = claimsSchema.safeParse(payload);
  if (parsed.success) return verdict(parsed.data);
  const names = [...new Set(parsed.error.issues.map(({ path }) => path[0]))].join(', ');
  return { kind: 'invalid', reason: `Token lacks a claim or has it wrong: ${names}` };
}

/** Our own sentences: what the library says may quote the token. */
function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'Token signature verification failed';
  if (error instanceof errors.JWKSNoMatchingKey) return 'Token is signed with a key that is not known here';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'Token is signed with an algorithm that is not accepted';
  if (error instanceof errors.JWTClaimValidationFailed) return CLAIM_REASONS[error.claim] ?? 'Token is not acceptable';
  return 'Token is not a signed JWT';
}

const CLAIM_REASONS: Record<string, string> = {
  iss: 'Token is from another issuer',
  aud: 'Token is for another audience',
  typ: 'Token is not an access token',
  nbf: 'Token is not valid yet',
};
